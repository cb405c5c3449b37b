#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/per_class.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/gram_matrix.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/mpi/communicator.hpp"
#include "lpntk/mpi/ring_gram.hpp"
#include "lpntk/mpi/tile_collection.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi {

/// A kernel on the root, rank 0, and what this rank had to receive for it.
template <class Kernel>
struct gathered {
    Kernel kernel;             ///< empty on the other ranks
    exchange_count exchanged;  ///< features, of this rank
};

/// gram(tangent_features(model, data, cotangent, making), options) over the ranks, with the same bits for any number of
/// ranks and threads. Collective; the model and the data are the same on all ranks.
///
///     const auto found = lpntk::mpi::gram(lpntk::mpi::communicator(), net, train, lpntk::label_signs{});
///
/// Each rank makes the features of its share of the samples, once, and receives those of half of the others, in strips;
/// all compute as many tiles. Memory of a rank: features of N / R samples and a strip, its N^2 / 2R numbers; of the
/// root the whole Gram beside. making.memory must be 0. Reports count steps, on each rank. Throws as gram does, on all
/// ranks.
template <jacobian_provider Model, class Cotangent>
gathered<gram_matrix<typename Model::scalar>> gram(const communicator& ranks, const Model& model,
                                                   const dataset<typename Model::scalar>& data,
                                                   const Cotangent& cotangent, const feature_options& making = {},
                                                   const gram_options& options = {}) {
    using T = typename Model::scalar;
    constexpr auto function = "mpi::gram";
    gathered<gram_matrix<T>> found;
    index_t edge = 0;
    ranks.agree([&] {
        require_valid(data, model, function);
        edge = detail::edge_over_ranks<T>(data.size(), making, options, function);
        if (ranks.is_root()) found.kernel = gram_matrix<T>(data.size());
    });
    const detail::own_features<T> made(ranks, model, sample_rows<T>(data.inputs), std::span<const int>(data.labels),
                                       cotangent, shares(data.size(), ranks.size(), edge).of(ranks.rank()), data.size(),
                                       making, options, edge, function);
    detail::tile_collection<T> tiles;
    found.exchanged = detail::gram_over_ranks(ranks, made, data.size(), edge, options, function, tiles);
    tiles.gather(ranks, [&](const tile_range& tile, const T* numbers) {
        for (index_t r = 0; r < tile.rows; ++r)
            std::copy_n(numbers + r * tile.columns, tile.lower ? r + 1 : tile.columns,
                        found.kernel.lower_row(tile.row + r) + tile.column);
    });
    return found;
}

/// gram_by_class over the ranks: each class's samples are shared out. The indices are there on all ranks, the blocks on
/// the root. As gram.
template <jacobian_provider Model, class Cotangent>
gathered<per_class<gram_matrix<typename Model::scalar>>> gram_by_class(const communicator& ranks, const Model& model,
                                                                       const dataset<typename Model::scalar>& data,
                                                                       const Cotangent& cotangent,
                                                                       const feature_options& making = {},
                                                                       const gram_options& options = {}) {
    using T = typename Model::scalar;
    gathered<per_class<gram_matrix<T>>> found;
    ranks.agree([&] {
        require_valid(data, model, "mpi::gram_by_class");
        found.kernel.indices = class_labels(data).indices();
    });
    for (const std::vector<index_t>& members : found.kernel.indices) {
        auto& block = found.kernel.results.emplace_back();
        if (members.empty()) continue;
        dataset<T> own_class;
        ranks.agree([&] { own_class = subset(data, members); });
        auto own = gram(ranks, model, own_class, cotangent, making, options);
        block = std::move(own.kernel);
        found.exchanged += own.exchanged;
    }
    return found;
}

}  // namespace lpntk::mpi
