#pragma once

#include <algorithm>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/gram_matrix.hpp"
#include "lpntk/kernel/tiles.hpp"

namespace lpntk {

/// kappa(i, j) = <phi_i, phi_j> for all pairs of samples: N x N, symmetric, positive semi-definite up to rounding.
///
/// Only tiles that touch the lower triangle are computed, each by one thread. The same bits for any number of
/// threads and any tile. Throws memory_error when the result does not fit (N (N + 1) / 2 numbers). Cost:
/// phi.multiply_adds() for each pair, at 80-90 % of the machine's multiply-add peak from N = 1000 on.
/// `factors = factor_precision::bf16` is faster and keeps three digits (see there). Throws argument_error for it
/// unless phi is float.
template <class T>
gram_matrix<T> gram(const features<T>& phi, const gram_options& options = {}) {
    const index_t size = phi.size();
    const index_t edge = detail::tile_edge<T>(options.tile, size);
    std::vector<tile_range> tiles;
    for (index_t row = 0; row < size; row += edge)
        for (index_t column = 0; column <= row; column += edge)
            tiles.push_back({row, std::min(edge, size - row), column, std::min(edge, size - column), row == column});
    // Half-filled tiles of the diagonal last, so that no thread is left with a whole one at the end.
    std::stable_partition(tiles.begin(), tiles.end(), [](const tile_range& tile) { return !tile.lower; });

    gram_matrix<T> kappa(size);
    detail::contract_in_precision(phi, phi, tiles, options, [&](const tile_range& tile, const auto& values) {
        for (index_t r = 0; r < tile.rows; ++r)
            std::copy_n(values.row(r), tile.lower ? r + 1 : tile.columns,
                        kappa.lower_row(tile.row + r) + tile.column);
    });
    return kappa;
}

}  // namespace lpntk
