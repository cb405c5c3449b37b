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

namespace detail {

/// Tiles that follow each other are of a square of so many a side, so that they have samples in common.
inline constexpr index_t square_side = 4;

/// f(row, column) for the corners of squares of `side` samples that cover rows x columns.
template <class F>
void for_each_square(index_t rows, index_t columns, index_t side, F&& f) {
    for (index_t row = 0; row < rows; row += side)
        for (index_t column = 0; column < columns; column += side) f(row, column);
}

}  // namespace detail

/// The tiles of a rows x columns rectangle, at most `edge` samples each way, square after square of 4 x 4 tiles.
inline std::vector<tile_range> rectangle_tiles(index_t rows, index_t columns, index_t edge) {
    const index_t side = detail::square_side * edge;
    std::vector<tile_range> tiles;
    detail::for_each_square(rows, columns, side, [&](index_t top, index_t left) {
        const index_t bottom = std::min(top + side, rows), right = std::min(left + side, columns);
        for (index_t row = top; row < bottom; row += edge)
            for (index_t column = left; column < right; column += edge)
                tiles.push_back({row, std::min(edge, bottom - row), column, std::min(edge, right - column)});
    });
    return tiles;
}

/// The tiles that touch the lower triangle of a square, in the same order, but those on the diagonal last: they are
/// half filled, and no thread is left with a whole one at the end.
inline std::vector<tile_range> triangle_tiles(index_t size, index_t edge) {
    std::vector<tile_range> tiles = rectangle_tiles(size, size, edge);
    std::erase_if(tiles, [](const tile_range& tile) { return tile.column > tile.row; });
    for (tile_range& tile : tiles) tile.lower = tile.row == tile.column;
    std::stable_partition(tiles.begin(), tiles.end(), [](const tile_range& tile) { return !tile.lower; });
    return tiles;
}

}  // namespace lpntk
