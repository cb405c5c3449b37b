#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/bf16_features.hpp"
#include "lpntk/kernel/contraction.hpp"
#include "lpntk/kernel/features.hpp"

namespace lpntk {

/// The precision of the factors (dense numbers, d and a) that a contraction multiplies. Sums keep the features'.
///
/// `bf16`, for float features only, rounds each factor to 8 significant bits once a call and takes half of phi's
/// memory for it. The result is the exact kernel of features moved a little: symmetric, and positive semi-definite
/// up to the rounding of the float sums. Against float64, LeNet on MNIST: Frobenius error 7e-4 relative at the
/// initial weights, 1.1e-3 after training; worst entry 2e-3 and 3.5e-3 of sqrt(kappa(i, i) kappa(j, j)); `full`: 2e-7
/// and 6e-7. 1.8 times as fast as full where the target has AVX512_BF16, rounding included; elsewhere the same
/// numbers at no gain (AVX-512 without it: as fast as full; AVX2: 0.7 times).
enum class factor_precision { full, bf16 };

/// For everything that contracts features: gram, cross_gram, kernel_rows.
struct gram_options {
    int threads = 0;         ///< 0: all that there are
    index_t tile = 0;        ///< samples along a tile's edge, rounded up to whole panels; 0: by the size, up to 240
    progress report = {};    ///< told after each tile
    factor_precision factors = factor_precision::full;   ///< bf16: faster, three digits
};

namespace detail {

/// The edge of a tile: large enough to use each packed number about 200 times, small enough for its sums and a
/// depth block of its panels to share a cache of 1 MiB, and such that a small Gram still makes enough tiles for
/// many cores. Whole register blocks. Depends on the size alone, never on the threads.
template <class T>
index_t tile_edge(index_t wanted, index_t size) {
    require(wanted >= 0, "gram", "tile", wanted, ">= 0 (0: chosen by the size)");
    if (wanted > 0) return padded<T>(wanted);
    constexpr index_t block = contraction<T>::max_vectors * lanes_of<T>;
    constexpr index_t largest = std::max<index_t>(240 / block * block, block);
    return std::clamp(size / 7 / block * block, block, largest);
}

/// Computes each tile of <phi_i, psi_j> and hands it to take(tile, values), tiles shared out over the threads.
template <class Factor, class Take>
void contract_tiles(const features<Factor>& phi, const features<Factor>& psi, const std::vector<tile_range>& tiles,
                    const gram_options& options, Take&& take) {
    std::vector<contraction<Factor>> workers(static_cast<std::size_t>(worker_count(options.threads)));
    parallel_for(static_cast<index_t>(tiles.size()), options.threads, options.report, [&](index_t item, int worker) {
        contraction<Factor>& values = workers[static_cast<std::size_t>(worker)];
        const tile_range& tile = tiles[static_cast<std::size_t>(item)];
        values(phi, psi, tile);
        take(tile, values);
    });
}

/// The same with the factors that the options ask for. Throws argument_error for bf16 when T is not float.
template <class T, class Take>
void contract_in_precision(const features<T>& phi, const features<T>& psi, const std::vector<tile_range>& tiles,
                           const gram_options& options, Take&& take) {
    if (options.factors == factor_precision::full) return contract_tiles(phi, psi, tiles, options, take);
    require((std::is_same_v<T, float>), "gram", "factors", "bf16", "full where features are not float");
    if constexpr (std::is_same_v<T, float>) {
        const features<bf16_pair> rounded = round_to_bf16(phi, options.threads);
        if (&phi == &psi) return contract_tiles(rounded, rounded, tiles, options, take);
        contract_tiles(rounded, round_to_bf16(psi, options.threads), tiles, options, take);
    }
}

/// The tiles of a rows x columns rectangle.
inline std::vector<tile_range> rectangle_tiles(index_t rows, index_t columns, index_t row_edge, index_t column_edge) {
    std::vector<tile_range> tiles;
    for (index_t row = 0; row < rows; row += row_edge)
        for (index_t column = 0; column < columns; column += column_edge)
            tiles.push_back({row, std::min(row_edge, rows - row), column, std::min(column_edge, columns - column)});
    return tiles;
}

}  // namespace detail
}  // namespace lpntk
