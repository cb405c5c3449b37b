#pragma once

#include <algorithm>

#include "lpntk/core/register_block.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// y := a w + bias with a of rows x inputs, w of inputs x outputs and y of rows x outputs, all row-major. Keeps the
/// scratch of one thread.
template <class T>
class affine_product {
    static constexpr index_t lanes = micro::lanes_of<T>;
    // Inputs and outputs whose packed weights stay in the second cache.
    static constexpr index_t depth_block = 128, column_block = 24 * lanes;

public:
    /// No bias when it is null.
    void operator()(const T* a, index_t rows, index_t inputs, const T* w, const T* bias, index_t outputs, T* y) {
        if (bias)
            for (index_t row = 0; row < rows; ++row) std::copy_n(bias, outputs, y + row * outputs);
        else
            std::fill_n(y, rows * outputs, T(0));
        weights_.resize(depth_block * std::min(column_block, micro::padded<T>(outputs)));
        for (index_t from = 0; from < inputs; from += depth_block)
            for (index_t column = 0; column < outputs; column += column_block) {
                const index_t depth = std::min(depth_block, inputs - from);
                const index_t columns = std::min(column_block, outputs - column);
                pack(w + from * outputs + column, depth, outputs, columns);
                micro::cover_vectors(micro::padded<T>(columns) / lanes, [&]<int Vectors>(index_t vector) {
                    micro::cover_rows(rows, [&]<int Rows>(index_t row) {
                        micro::register_block<T, Rows, Vectors> block;
                        block.multiply_add(depth, {a + row * inputs + from, inputs, 1},
                                           {weights_.data() + vector * depth * lanes, lanes, Vectors * lanes});
                        block.for_each([&](int r, int v, const auto& sum) {
                            const index_t left = columns - (vector + v) * lanes;
                            T* const to = y + (row + r) * outputs + column + (vector + v) * lanes;
                            micro::store_some<T>(to, micro::load_some(to, left) + sum, left);
                        });
                    });
                });
            }
    }

private:
    /// `depth` rows of `columns` numbers of w, in the groups of vectors that blocks take, zeros behind the last.
    void pack(const T* w, index_t depth, index_t outputs, index_t columns) {
        for (index_t k = 0; k < depth; ++k, w += outputs) {
            micro::prefetch(w + 8 * outputs, columns);
            micro::cover_vectors(micro::padded<T>(columns) / lanes, [&]<int Vectors>(index_t vector) {
                T* const to = weights_.data() + (vector * depth + k * Vectors) * lanes;
                for (index_t v = 0; v < Vectors; ++v)
                    micro::store<T>(to + v * lanes,
                                    micro::load_some(w + (vector + v) * lanes, columns - (vector + v) * lanes));
            });
        }
    }

    vector<T> weights_;
};

}  // namespace lpntk::nn::detail
