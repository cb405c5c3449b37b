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
        for (const kept& tile : tiles_) own.push_back(tile.range);
        if (!ranks.is_root()) {
            send(ranks, own);
            return;
        }
        for (const kept& tile : tiles_) put(tile.range, tile.numbers.data());
        for (int from = 1; from < ranks.size(); ++from) {
            std::size_t count = 0;
            receive(ranks, &count, sizeof(count), from);
            std::vector<tile_range> theirs(count);
            receive(ranks, theirs.data(), count * sizeof(tile_range), from);
            std::vector<T> numbers;
            for (const tile_range& tile : theirs) {
                numbers.resize(static_cast<std::size_t>(tile.rows * tile.columns));
                receive(ranks, numbers.data(), numbers.size() * sizeof(T), from);
                put(tile, numbers.data());
            }
        }
    }

private:
    struct kept {
        tile_range range;
        std::vector<T> numbers;
    };

    void send(const communicator& ranks, const std::vector<tile_range>& own) const {
        const std::size_t count = own.size();
        communicator::transfer moving(ranks);
        moving.send(&count, sizeof(count), 0);
        moving.send(own.data(), count * sizeof(tile_range), 0);
        for (const kept& tile : tiles_) moving.send(tile.numbers.data(), tile.numbers.size() * sizeof(T), 0);
    }

    static void receive(const communicator& ranks, void* bytes, std::size_t count, int from) {
        communicator::transfer(ranks).receive(bytes, count, from);
    }

    std::mutex mutex_;
    std::vector<kept> tiles_;
};

}  // namespace lpntk::inline LPNTK_TARGET::mpi::detail
