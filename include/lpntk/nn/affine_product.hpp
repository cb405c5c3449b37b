#pragma once

#include <algorithm>
#include <array>

#include "lpntk/core/register_block.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// The left factor of a product whose rows are read in place: row r holds `segments` runs of `run` numbers,
/// run s starting at data[r * row_step + s * segment_step]. One run is a plain matrix; the rows of a
/// convolution's patches, kernel-height runs of an image, need no im2col copy.
template <class T>
struct run_rows {
    const T* data;
    index_t rows;
    index_t row_step;
    index_t segments;
    index_t segment_step;
    index_t run;
};

/// Numbers of a run that are multiplied before the next block of rows: keeps the right factor in cache.
inline constexpr index_t run_block = 512;

/// y(rows, vectors) += a w, for whole vectors of columns.
template <class T>
void add_product(const run_rows<T>& a, const T* w, index_t w_step, index_t vectors, T* y, index_t y_step) {
    for (index_t from = 0; from < a.run; from += run_block) {
        const index_t depth = std::min(run_block, a.run - from);
        micro::cover_with_blocks(a.rows, vectors, [&]<int Rows, int Vectors>(index_t row, index_t vector) {
            const index_t column = vector * micro::lanes_of<T>;
            micro::register_block<T, Rows, Vectors> block;
            for (index_t s = 0; s < a.segments; ++s)
                block.multiply_add(depth, {a.data + row * a.row_step + s * a.segment_step + from, a.row_step, 1},
                                   {w + (s * a.run + from) * w_step + column, micro::lanes_of<T>, w_step});
            block.for_each([&](int r, int v, const auto& sum) {
                T* to = y + (row + r) * y_step + column + v * micro::lanes_of<T>;
                micro::store<T>(to, micro::load(to) + sum);
            });
        });
    }
}

/// The columns of a weight matrix beyond its last whole vector, copied once to whole vectors with zeros behind.
template <class T>
struct column_tail {
    index_t columns = 0;  ///< 0 when the matrix ends with a whole vector
    vector<T> packed;     ///< depth x lanes

    void pack(const T* w, index_t depth, index_t outputs) {
        columns = outputs % micro::lanes_of<T>;
        if (columns == 0) return;
        packed.setZero(depth * micro::lanes_of<T>);
        for (index_t k = 0; k < depth; ++k)
            std::copy_n(w + (k + 1) * outputs - columns, columns, packed.data() + k * micro::lanes_of<T>);
    }
};

/// y := a w + bias, for w of (segments * run) x outputs, row-major; no bias when it is null.
template <class T>
void affine_product(const run_rows<T>& a, const T* w, const T* bias, index_t outputs, const column_tail<T>& tail,
                    T* y) {
    if (bias)
        for (index_t row = 0; row < a.rows; ++row) std::copy_n(bias, outputs, y + row * outputs);
    else
        std::fill_n(y, a.rows * outputs, T(0));
    const index_t whole = outputs - tail.columns;
    add_product(a, w, outputs, whole / micro::lanes_of<T>, y, outputs);
    if (tail.columns == 0) return;
    constexpr index_t group = 8;
    for (index_t row = 0; row < a.rows; row += group) {
        std::array<T, static_cast<std::size_t>(group * micro::lanes_of<T>)> sums{};
        run_rows<T> part = a;
        part.data += row * a.row_step;
        part.rows = std::min(group, a.rows - row);
        add_product<T>(part, tail.packed.data(), micro::lanes_of<T>, 1, sums.data(), micro::lanes_of<T>);
        for (index_t r = 0; r < part.rows; ++r)
            for (index_t c = 0; c < tail.columns; ++c)
                y[(row + r) * outputs + whole + c] += sums[static_cast<std::size_t>(r * micro::lanes_of<T> + c)];
    }
}

}  // namespace lpntk::nn::detail
