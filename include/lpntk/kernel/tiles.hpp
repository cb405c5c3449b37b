#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/contraction.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/reported_parallel_for.hpp"

namespace lpntk {

/// For everything that contracts features: gram, cross_gram, kernel_rows.
struct gram_options {
    int threads = 0;         ///< 0: all that there are
    index_t tile = 0;        ///< samples along a tile's edge, rounded up to whole panels; 0: by the size, up to 240
    progress report = {};    ///< told after each tile
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
template <class T, class Take>
void contract_tiles(const features<T>& phi, const features<T>& psi, const std::vector<tile_range>& tiles,
                    const gram_options& options, Take&& take) {
    std::vector<contraction<T>> workers(static_cast<std::size_t>(worker_count(options.threads)));
    parallel_for(static_cast<index_t>(tiles.size()), options.threads, options.report, [&](index_t item, int worker) {
        contraction<T>& values = workers[static_cast<std::size_t>(worker)];
        const tile_range& tile = tiles[static_cast<std::size_t>(item)];
        values(phi, psi, tile);
        take(tile, values);
    });
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
