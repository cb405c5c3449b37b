#pragma once

#include <algorithm>
#include <string_view>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/for_each_tile.hpp"
#include "lpntk/kernel/gram_matrix.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace detail {

/// gram(), whose errors name `function`.
template <class T>
gram_matrix<T> gram_of(const features<T>& phi, const gram_options& options, std::string_view function) {
    const index_t edge = tile_edge<T>(options.tile, phi.size(), function);
    gram_matrix<T> kappa(phi.size());
    for_each_tile(phi, phi, triangle_tiles(phi.size(), edge), options, function,
                  [&](const tile_range& tile, const auto& values) {
                      for (index_t r = 0; r < tile.rows; ++r)
                          std::copy_n(values.row(r), tile.lower ? r + 1 : tile.columns,
                                      kappa.lower_row(tile.row + r) + tile.column);
                  });
    return kappa;
}

}  // namespace detail

/// kappa(i, j) = <phi_i, phi_j> for all pairs of samples: N x N, symmetric, positive semi-definite up to rounding.
///
/// Only tiles that touch the lower triangle are computed, each by one thread. The same bits for any number of
/// threads and any tile. Throws memory_error when the result does not fit (N (N + 1) / 2 numbers), numeric_error when
/// an entry overflows. Cost: phi.multiply_adds() for each pair; benchmarks/README.md tells the share of the machine's
/// multiply-add peak reached. `factors = factor_precision::bf16` is faster and keeps three digits (see there). Throws
/// argument_error for it unless phi is float.
template <class T>
gram_matrix<T> gram(const features<T>& phi, const gram_options& options = {}) {
    return detail::gram_of(phi, options, "gram");
}

}  // namespace lpntk
