#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/io/checksum.hpp"
#include "lpntk/kernel/rows.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/mpi/communicator.hpp"
#include "lpntk/mpi/feature_exchange.hpp"
#include "lpntk/mpi/ring_gram.hpp"
#include "lpntk/mpi/shares.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi {

/// Rows of the kernel computed when asked for, by all ranks together: features of N / R samples on each, no Gram
/// anywhere. A similarity with the bits of the Gram, for farthest points, spanning trees, near duplicates, statistics
/// over rows.
///
///     const lpntk::mpi::kernel_rows<float> rows(ranks, net, train, lpntk::label_signs{});
///     const auto clusters = lpntk::farthest_points{.heads = 600}(rows);             // the same on every rank
///     const auto twins = lpntk::near_duplicates{.epsilon = 0.01, .threads = 1}(rows);
///
/// Every rank runs the same algorithm on it and gets the same rows, so each of them goes the same way. Collective: an
/// algorithm must ask from one thread (`threads = 1`, where it has that option; rows are computed by options.threads),
/// else argument_error, as when the ranks ask for different rows. Rows asked for together are cheaper: their features
/// go to all ranks, N numbers a row come back.
template <class T>
class kernel_rows {
public:
    using scalar = T;  ///< float or double

    /// Makes the features. Throws as mpi::gram.
    template <jacobian_provider Model, class Cotangent>
    kernel_rows(const communicator& ranks, const Model& model, const dataset<T>& data, const Cotangent& cotangent,
                const feature_options& making = {}, gram_options options = {})
        : ranks_(ranks), options_(std::move(options)),
          shares_(checked_size(ranks, model, data, making, options_), ranks.size(), micro::padded<T>(making.batch)),
          own_(ranks, model, sample_rows<T>(data.inputs), std::span<const int>(data.labels), cotangent,
               shares_.of(ranks.rank()), data.size(), making, options_, 0, function) {}

    /// N
    index_t size() const { return shares_.size(); }

    /// kappa(i, i) of every sample.
    vector<T> diagonal() const {
        require_one_thread();
        std::vector<T> own;
        ranks_.agree([&] {
            if (own_.phi.size() == 0) return;
            const vector<T> some = lpntk::kernel_rows<T>(own_.phi, options_).diagonal();
            own.assign(some.data(), some.data() + some.size());
        });
        const std::vector<T> all = ranks_.gather(own);
        return Eigen::Map<const vector<T>>(all.data(), static_cast<index_t>(all.size()));
    }

    /// Writes row i, N numbers.
    void row(index_t i, vector_span<T> out) const {
        rows(std::span<const index_t>(&i, 1), Eigen::Map<matrix<T>>(out.data(), 1, out.size()));
    }

    /// Writes the rows at `indices`, |indices| x N; indices may repeat. Throws argument_error when an index is out of
    /// range or out has other sizes.
    void rows(std::span<const index_t> indices, matrix_span<T> out) const {
        require_one_thread();
        const batch_range own = shares_.of(ranks_.rank());
        matrix<T> columns, some;  // of this rank, of one after the other
        ranks_.agree([&] {
            for (const index_t i : indices) require_index(i, size(), function, "index");
            require_size(out, static_cast<index_t>(indices.size()), size(), function, "out");
            columns.resize(out.rows(), own.count);
            some.resize(out.rows(), shares_.largest());
        });
        require_same_rows(indices);
        for (int owner = 0; owner < ranks_.size(); ++owner) {
            const batch_range theirs = shares_.of(owner);
            std::vector<index_t> places, chosen;
            for (std::size_t r = 0; r < indices.size(); ++r)
                if (indices[r] >= theirs.first && indices[r] < theirs.first + theirs.count) {
                    places.push_back(static_cast<index_t>(r));
                    chosen.push_back(indices[r] - theirs.first);
                }
            if (!chosen.empty()) rows_of(owner, chosen, places, columns);
        }
        for (int from = 0; from < ranks_.size(); ++from) {
            const batch_range theirs = shares_.of(from);
            Eigen::Map<matrix<T>> part(some.data(), out.rows(), theirs.count);
            if (from == ranks_.rank()) part = columns;
            ranks_.broadcast(part.data(), static_cast<std::size_t>(part.size()) * sizeof(T), from);
            out.middleCols(theirs.first, theirs.count) = part;
        }
    }

private:
    static constexpr auto function = "mpi::kernel_rows";

    /// Ranks that ask from several threads would answer one another's questions.
    static void require_one_thread() {
        int is_main = 0;
        MPI_Is_thread_main(&is_main);
        require(is_main != 0 && !in_parallel_region(), function, "number of threads that ask for rows", "several",
                "1: give the algorithm .threads = 1");
    }

    void require_same_rows(std::span<const index_t> indices) const {
        io::checksum sum;
        sum.add(indices.data(), indices.size_bytes());
        ranks_.require_same("rows asked for: " + std::to_string(indices.size()) + ", checksum " + sum.text(), function);
    }

    template <class Model>
    static index_t checked_size(const communicator& ranks, const Model& model, const dataset<T>& data,
                                const feature_options& making, const gram_options& options) {
        ranks.agree([&] {
            require_valid(data, model, function);
            require(options.factors == factor_precision::full, function, "factors", "bf16", "full");
            (void)detail::edge_over_ranks<T>(data.size(), making, options, function);
        });
        return data.size();
    }

    /// The kernel of some samples of `owner` and all of this rank, into rows `places`.
    void rows_of(int owner, const std::vector<index_t>& chosen, const std::vector<index_t>& places,
                 matrix<T>& columns) const {
        const auto count = static_cast<index_t>(chosen.size());
        features<T> mine;
        std::vector<feature_part<T>> parts;
        ranks_.agree([&] {
            if (owner == ranks_.rank())
                mine = subset(own_.phi, chosen, options_.threads);
            else
                parts = detail::room_for<T>(own_.layouts, own_.forms, count);
        });
        if (owner == ranks_.rank())
            detail::for_each_piece(mine.parts(), [&](const T* numbers, std::size_t bytes) {
                ranks_.broadcast(const_cast<T*>(numbers), bytes, owner);
            });
        else
            detail::for_each_piece(parts,
                                   [&](T* numbers, std::size_t bytes) { ranks_.broadcast(numbers, bytes, owner); });
        if (owner != ranks_.rank()) mine = features<T>(count, std::move(parts));
        ranks_.agree([&] {
            if (own_.phi.size() == 0) return;
            const index_t edge = tile_edge<T>(options_.tile, size(), function);
            for_each_tile(mine, own_.phi, rectangle_tiles(count, own_.phi.size(), edge), options_, function,
                          [&](const tile_range& tile, const auto& values) {
                              for (index_t r = 0; r < tile.rows; ++r)
                                  std::copy_n(
                                      values.row(r), tile.columns,
                                      columns.row(places[static_cast<std::size_t>(tile.row + r)]).data() + tile.column);
                          });
        });
    }

    communicator ranks_;
    gram_options options_;
    shares shares_;
    detail::own_features<T> own_;
};

static_assert(similarity<kernel_rows<float>> && has_rows<kernel_rows<double>>);

}  // namespace lpntk::mpi
