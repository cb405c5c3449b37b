#pragma once

#include <algorithm>
#include <vector>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A rectangle of the kernel matrix: samples row, row + 1, ... of one feature set against samples column, ... of
/// another (or the same). Both begin a panel. With `lower`, blocks wholly above the diagonal are left out.
struct tile_range {
    index_t row;         ///< first sample of phi, a multiple of the lanes
    index_t rows;        ///< samples; a last panel need not be whole
    index_t column;      ///< first sample of psi, a multiple of the lanes
    index_t columns;     ///< samples; a last panel need not be whole
    bool lower = false;  ///< only entries at or below the diagonal of the kernel are wanted
};

/// The tiles of a rows x columns rectangle, row by row, at most `edge` samples each way.
inline std::vector<tile_range> rectangle_tiles(index_t rows, index_t columns, index_t edge) {
    std::vector<tile_range> tiles;
    for (index_t row = 0; row < rows; row += edge)
        for (index_t column = 0; column < columns; column += edge)
            tiles.push_back({row, std::min(edge, rows - row), column, std::min(edge, columns - column)});
    return tiles;
}

/// The tiles that touch the lower triangle of a square. Half-filled ones of the diagonal come last, so that no thread
/// is left with a whole one at the end.
inline std::vector<tile_range> triangle_tiles(index_t size, index_t edge) {
    std::vector<tile_range> tiles;
    for (index_t row = 0; row < size; row += edge)
        for (index_t column = 0; column <= row; column += edge)
            tiles.push_back({row, std::min(edge, size - row), column, std::min(edge, size - column), row == column});
    std::stable_partition(tiles.begin(), tiles.end(), [](const tile_range& tile) { return !tile.lower; });
    return tiles;
}

}  // namespace lpntk
