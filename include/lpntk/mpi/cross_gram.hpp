#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/mpi/communicator.hpp"
#include "lpntk/mpi/gram.hpp"
#include "lpntk/mpi/ring_gram.hpp"
#include "lpntk/mpi/tile_collection.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi {

/// kappa(i, j) of the samples of two sets, rows.size() x columns.size(), over the ranks: cross_gram of their features,
/// with the same bits for any number of ranks and threads. Collective; as gram.
///
/// Features of the rows stay where they are made, those of the columns go round: of sets of different sizes the smaller
/// one should be the columns.
template <jacobian_provider Model, class Cotangent>
gathered<matrix<typename Model::scalar>> cross_gram(const communicator& ranks, const Model& model,
                                                    const dataset<typename Model::scalar>& rows,
                                                    const dataset<typename Model::scalar>& columns,
                                                    const Cotangent& cotangent, const feature_options& making = {},
                                                    const gram_options& options = {}) {
    using T = typename Model::scalar;
    constexpr auto function = "mpi::cross_gram";
    gathered<matrix<T>> found;
    index_t edge = 0;
    const index_t larger = std::max(rows.size(), columns.size());
    ranks.agree([&] {
        require_valid(rows, function);
        require_valid(columns, function);
        edge = detail::edge_over_ranks<T>(larger, making, options, function);
        if (ranks.is_root()) found.kernel = allocate_matrix<T>(rows.size(), columns.size(), "cross Gram");
    });
    const int me = ranks.rank(), count = ranks.size();
    const shares of_rows(rows.size(), count, edge), of_columns(columns.size(), count, edge);
    const auto features_of = [&](const dataset<T>& data, batch_range own) {
        return detail::own_features<T>(ranks, model, sample_rows<T>(data.inputs), std::span<const int>(data.labels),
                                       cotangent, own, larger, making, options, edge, function);
    };
    const auto left = features_of(rows, of_rows.of(me)), right = features_of(columns, of_columns.of(me));

    using collection = detail::tile_collection<T>;
    collection tiles;
    detail::tile_steps<T, collection> contract(ranks, shares::strips * count, options, function, tiles);
    detail::strip_exchange<T> exchange(ranks, of_columns, right.layouts, right.forms);
    const auto needed = [&](int rank, int from, index_t s) {
        const batch_range strip = of_columns.strip(from, s);
        return of_rows.of(rank).count > 0 ? strip : batch_range{strip.first, 0};
    };
    for (int step = 0; step < count; ++step)
        for (index_t s = 0; s < shares::strips; ++s) {
            const int to = (me - step + count) % count, from = (me + step) % count;
            const batch_range own = of_rows.of(me), strip = needed(me, from, s);
            const features<T> psi = step > 0 ? exchange(right.phi, to, needed(to, me, s), from, strip, options.threads)
                                             : detail::run_of(right.phi, strip.first - of_columns.of(me).first,
                                                              strip.count, options.threads);
            auto wanted = rectangle_tiles(own.count, strip.count, edge);
            for (tile_range& tile : wanted) tile.row += own.first, tile.column += strip.first;
            contract(left.phi, psi, own.first, strip.first, std::move(wanted));
        }
    found.exchanged = exchange.count();
    tiles.gather(ranks, [&](const tile_range& tile, const T* numbers) {
        for (index_t r = 0; r < tile.rows; ++r)
            std::copy_n(numbers + r * tile.columns, tile.columns, found.kernel.row(tile.row + r).data() + tile.column);
    });
    return found;
}

}  // namespace lpntk::mpi
