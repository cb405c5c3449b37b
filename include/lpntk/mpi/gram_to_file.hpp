#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/disk/gram_to_file.hpp"
#include "lpntk/io/partial_file.hpp"
#include "lpntk/io/resumable_file.hpp"
#include "lpntk/mpi/communicator.hpp"
#include "lpntk/mpi/ring_gram.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi {

/// What went into a file, of all ranks, and what this rank had to receive for it.
struct written {
    file_summary file;         ///< the same on all ranks
    exchange_count exchanged;  ///< features, of this rank
};

namespace detail {

/// The kernel_store of one file that all ranks write; the root keeps the journal.
template <class T>
class shared_file_store {
public:
    /// Opens the file on all ranks, the root first. Collective.
    shared_file_store(const communicator& ranks, const std::filesystem::path& file,
                      const std::vector<io::file_fact>& facts, const std::string& header,
                      const lpntk::detail::symmetric_tiles<T>& tiles, bool resume)
        : ranks_(ranks), tiles_(tiles), done_(static_cast<std::size_t>(tiles.count()), 0) {
        ranks.agree([&] {
            if (!ranks.is_root()) return;
            journal_.emplace(file, facts, io::resumable_file::extent{tiles.bytes(), tiles.count()}, resume);
            journal_->write(header.data(), header.size(), 0);
            for (std::size_t t = 0; t < done_.size(); ++t) done_[t] = journal_->done(static_cast<index_t>(t));
        });
        ranks.broadcast(done_.data(), done_.size(), 0);
        ranks.agree([&] {
            if (std::count(done_.begin(), done_.end(), 0) > 0) part_.emplace(file, false);
        });
    }

    bool wants(const tile_range& tile) const { return done_[static_cast<std::size_t>(tiles_.number(tile))] == 0; }

    template <class Values>
    void take(const tile_range& tile, const Values& values) {
        tiles_.write(tile, values, [&](const T* numbers, std::size_t bytes, std::uint64_t offset) {
            part_->write(numbers, bytes, offset);
        });
        const std::lock_guard hold(mutex_);
        written_.push_back(static_cast<std::uint32_t>(tiles_.number(tile)));
    }

    /// The tiles of the step before are on the disk, on every rank, and in the journal; those of this one are on their
    /// way, while the next is computed.
    void after_step() {
        record();
        syncing_ = std::exchange(written_, {});
        if (!syncing_.empty()) synced_ = std::async(std::launch::async, [this] { part_->sync(); });
    }

    /// The file takes its name.
    void commit() {
        record();
        part_.reset();
        ranks_.agree([&] {
            if (ranks_.is_root()) journal_->commit();
        });
    }

    index_t resumed() const { return static_cast<index_t>(std::count(done_.begin(), done_.end(), 1)); }

private:
    void record() {
        ranks_.agree([&] {
            if (synced_.valid()) synced_.get();
        });
        const std::vector<std::uint32_t> all = ranks_.gather(std::exchange(syncing_, {}));
        ranks_.agree([&] {
            if (ranks_.is_root()) journal_->record(all);
        });
    }

    const communicator& ranks_;
    const lpntk::detail::symmetric_tiles<T>& tiles_;
    std::vector<char> done_;
    std::optional<io::resumable_file> journal_;     // of the root
    std::optional<io::detail::partial_file> part_;  // none when all is done
    std::mutex mutex_;
    std::vector<std::uint32_t> written_;  // in this step
    std::vector<std::uint32_t> syncing_;  // in the one before
    std::future<void> synced_;            // of what syncing_ names; the last member: it waits while the file is there
};

}  // namespace detail

/// lpntk::gram_to_file over the ranks: the same file, the same journal, the same bits, so that one may go on with what
/// the other left, with another number of ranks as well. Collective; as mpi::gram.
///
/// All ranks see the file under the same name, on one disk or one that they share, and write their tiles into it; the
/// root records those of a step (an eighth of a share against another) once they are on the disk, a step later, so that
/// nobody waits for the disk. how.record_every means nothing here.
template <jacobian_provider Model, class Cotangent>
written gram_to_file(const communicator& ranks, const Model& model, const dataset<typename Model::scalar>& data,
                     const Cotangent& cotangent, const std::filesystem::path& file, const feature_options& making = {},
                     const gram_options& options = {}, const file_options& how = {}) {
    using T = typename Model::scalar;
    constexpr auto function = "mpi::gram_to_file";
    index_t edge = 0;
    ranks.agree([&] {
        require_valid(data, model, function);
        edge = detail::edge_over_ranks<T>(data.size(), making, options, function);
    });
    const std::string header = lpntk::detail::npy_header_of_square<T>(data.size());
    const lpntk::detail::symmetric_tiles<T> tiles(data.size(), edge, header.size());
    std::optional<detail::shared_file_store<T>> store;
    const auto open = [&](const std::vector<io::file_fact>& facts) {
        store.emplace(ranks, file, facts, header, tiles, how.resume);
        return store->resumed() < tiles.count();
    };
    const detail::own_features<T> made(ranks, model, sample_rows<T>(data.inputs), std::span<const int>(data.labels),
                                       cotangent, shares(data.size(), ranks.size(), edge).of(ranks.rank()), data.size(),
                                       making, options, edge, function, open);
    written wrote{{tiles.count(), store->resumed(), store->resumed() < tiles.count() ? 1.0 : 0.0}, {}};
    if (wrote.file.passes > 0)
        wrote.exchanged = detail::gram_over_ranks(ranks, made, data.size(), edge, options, function, *store);
    store->commit();
    return wrote;
}

}  // namespace lpntk::mpi
