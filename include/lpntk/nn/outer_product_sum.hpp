#pragma once

#include <algorithm>

#include "lpntk/core/register_block.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Rows [first, last) of [x; 1]^T dy += the sum over `samples` rows: the weight gradient of a linear layer.
/// x is samples x inputs, dy samples x outputs; `gradient` is (inputs + bias) x outputs, row `inputs` the bias.
template <class T>
void add_outer_products(index_t samples, const T* x, index_t inputs, const T* dy, index_t outputs, index_t first,
                        index_t last, T* gradient) {
    constexpr index_t lanes = micro::lanes_of<T>;
    const index_t rows = std::min(last, inputs) - first;
    const index_t whole = outputs / lanes * lanes;
    micro::cover_with_blocks(rows, whole / lanes, [&]<int Rows, int Vectors>(index_t row, index_t vector) {
        micro::register_block<T, Rows, Vectors> block;
        block.multiply_add(samples, {x + first + row, 1, inputs}, {dy + vector * lanes, lanes, outputs});
        T* const corner = gradient + (first + row) * outputs + vector * lanes;
        block.for_each([=](int r, int v, const auto& sum) {
            T* to = corner + r * outputs + v * lanes;
            micro::store<T>(to, micro::load(to) + sum);
        });
    });
    for (index_t row = first; row < last; ++row)
        for (index_t o = row == inputs ? 0 : whole; o < outputs; ++o)
            for (index_t n = 0; n < samples; ++n)
                gradient[row * outputs + o] += (row == inputs ? T(1) : x[n * inputs + row]) * dy[n * outputs + o];
}

}  // namespace lpntk::nn::detail
