#pragma once

#include <cstddef>
#include <cstdint>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/tile_range.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// The tiles of the lower triangle of an N x N matrix on one grid, numbered row by row, and where they and their
/// mirrored images lie in a file that holds the whole matrix row by row behind `before` bytes.
template <class T>
class symmetric_tiles {
public:
    symmetric_tiles(index_t size, index_t edge, std::uint64_t before) : size_(size), edge_(edge), before_(before) {}

    index_t count() const { return first_of_row((size_ + edge_ - 1) / edge_); }
    index_t number(const tile_range& tile) const { return first_of_row(tile.row / edge_) + tile.column / edge_; }

    std::uint64_t bytes() const {
        return before_ + static_cast<std::uint64_t>(size_) * static_cast<std::uint64_t>(size_) * sizeof(T);
    }

    /// write(numbers, bytes, offset) for each run of a tile and of its mirrored image; values.row(r) are its sums.
    template <class Values, class Write>
    void write(const tile_range& tile, const Values& values, const Write& write) const {
        const auto put = [&](const T* numbers, index_t count, index_t i, index_t j) {
            write(numbers, static_cast<std::size_t>(count) * sizeof(T),
                  before_ + static_cast<std::uint64_t>(i * size_ + j) * sizeof(T));
        };
        matrix<T> mirrored(tile.columns, tile.rows);
        for (index_t r = 0; r < tile.rows; ++r)
            for (index_t c = 0; c < (tile.lower ? r + 1 : tile.columns); ++c) mirrored(c, r) = values.row(r)[c];
        if (tile.lower) {
            for (index_t r = 0; r < tile.rows; ++r)
                for (index_t c = 0; c < r; ++c) mirrored(r, c) = mirrored(c, r);
        } else {
            for (index_t r = 0; r < tile.rows; ++r) put(values.row(r), tile.columns, tile.row + r, tile.column);
        }
        for (index_t c = 0; c < tile.columns; ++c) put(mirrored.row(c).data(), tile.rows, tile.column + c, tile.row);
    }

private:
    static index_t first_of_row(index_t row) { return row * (row + 1) / 2; }

    index_t size_;
    index_t edge_;
    std::uint64_t before_;
};

}  // namespace lpntk::inline LPNTK_TARGET::detail
