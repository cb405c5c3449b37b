#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/tile_range.hpp"
#include "lpntk/mpi/communicator.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi::detail {

/// The kernel_store of a kernel in memory over ranks: the tiles of this one.
template <class T>
class tile_collection {
public:
    static bool wants(const tile_range&) { return true; }
    static void after_step() {}

    template <class Values>
    void take(const tile_range& tile, const Values& values) {
        kept kept_tile{tile, std::vector<T>(static_cast<std::size_t>(tile.rows * tile.columns))};
        for (index_t r = 0; r < tile.rows; ++r)
            std::copy_n(values.row(r), tile.lower ? r + 1 : tile.columns, kept_tile.numbers.data() + r * tile.columns);
        const std::lock_guard hold(mutex_);
        tiles_.push_back(std::move(kept_tile));
    }

    /// On the root calls put(tile, numbers) for the tiles of all ranks, numbers row by row. Collective.
    template <class Put>
    void gather(const communicator& ranks, const Put& put) const {
        std::vector<tile_range> own;
        ranks.agree([&] {
            for (const kept& tile : tiles_) own.push_back(tile.range);
        });
        const std::vector<std::size_t> counts = ranks.gather(std::vector<std::size_t>{own.size()});
        const std::vector<tile_range> all = ranks.gather(own);
        std::vector<T> numbers;  // of a tile from another rank
        ranks.agree([&] {
            if (!ranks.is_root()) return;
            index_t most = 0;
            for (const tile_range& tile : all) most = std::max(most, tile.rows * tile.columns);
            numbers.resize(static_cast<std::size_t>(most));
        });
        if (!ranks.is_root()) return send(ranks);
        for (const kept& tile : tiles_) put(tile.range, tile.numbers.data());
        std::size_t next = counts[0];
        for (int from = 1; from < ranks.size(); ++from)
            for (std::size_t i = 0; i < counts[static_cast<std::size_t>(from)]; ++i, ++next) {
                const auto size = static_cast<std::size_t>(all[next].rows * all[next].columns);
                communicator::transfer(ranks).receive(numbers.data(), size * sizeof(T), from);
                put(all[next], numbers.data());
            }
    }

private:
    struct kept {
        tile_range range;
        std::vector<T> numbers;
    };

    void send(const communicator& ranks) const {
        communicator::transfer moving(ranks);
        for (const kept& tile : tiles_) moving.send(tile.numbers.data(), tile.numbers.size() * sizeof(T), 0);
    }

    std::mutex mutex_;
    std::vector<kept> tiles_;
};

}  // namespace lpntk::inline LPNTK_TARGET::mpi::detail
