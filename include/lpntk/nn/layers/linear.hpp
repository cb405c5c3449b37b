#pragma once

#include <algorithm>

#include "lpntk/core/transpose.hpp"
#include "lpntk/nn/affine_product.hpp"
#include "lpntk/nn/layer.hpp"

namespace lpntk::nn {

/// y = W^T x + b for every sample of a batch; takes images as flat rows.
struct linear {
    index_t outputs;

    static constexpr bool has_weights = true;
    static constexpr bool by_sample = false;
    static constexpr bool keeps_input = true;
    static constexpr bool keeps_output = false;

    explicit linear(index_t width) : outputs(width) {
        require(width >= 1, "linear", "outputs", width, ">= 1");
    }

    image_shape output_shape(image_shape) const { return {1, 1, outputs}; }
    static index_t memo_size(image_shape) { return 0; }

    part_layout layout(image_shape in) const {
        return {.name = "linear", .outputs = outputs, .inputs = in.size(), .positions = 1, .bias = true};
    }

    template <class T>
    struct state {
        column_tail<T> tail;
        vector<T> cotangents;  ///< outputs x samples of a group, whole vectors
    };

    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        s.tail.pack(call.weights, call.in.size(), outputs);
    }

    template <class T>
    void prepare_backward(const layer_call<T>&, state<T>&) const {}

    template <class T>
    void forward(const layer_call<T>& call, index_t rows, const T* x, T* y, state<T>& s) const {
        const index_t inputs = call.in.size();
        affine_product<T>({x, rows, inputs, 1, 0, inputs}, call.weights, outputs, s.tail, y);
    }

    /// dx := dy W, computed as W dy^T with the samples side by side in up to three vectors: W is read once, in order.
    template <class T>
    void backward(const layer_call<T>& call, index_t rows, const T* dy, T* dx, state<T>& s) const {
        constexpr index_t lanes = lanes_of<T>;
        const index_t inputs = call.in.size();
        T turned[lanes * lanes];  // a whole cache line for each sample
        for (index_t first = 0; first < rows; first += 3 * lanes) {
            const index_t samples = std::min(3 * lanes, rows - first), width = padded<T>(samples);
            s.cotangents.setZero(outputs * width);
            for (index_t n = 0; n < samples; ++n)
                for (index_t o = 0; o < outputs; ++o) s.cotangents[o * width + n] = dy[(first + n) * outputs + o];
            for (index_t row = 0; row < inputs; row += lanes) {
                const index_t columns = std::min(lanes, inputs - row);
                prefetch(call.weights + (row + columns) * outputs, columns * outputs);
                T sums[lanes][3 * lanes] = {};
                cover_with_blocks(columns, width / lanes, [&]<int Rows, int Vectors>(index_t r0, index_t v0) {
                    register_block<T, Rows, Vectors> block;
                    block.multiply_add(outputs, {call.weights + (row + r0) * outputs, outputs, 1},
                                       {s.cotangents.data() + v0 * lanes, lanes, width});
                    block.for_each([&](int r, int v, const auto& sum) { store<T>(&sums[r0 + r][(v0 + v) * lanes], sum); });
                });
                for (index_t n = 0; n < samples; ++n) {
                    if (n % lanes == 0) transpose_square(&sums[0][n], 3 * lanes, turned);
                    const T* from = turned + (n % lanes) * lanes;
                    T* to = dx + (first + n) * inputs + row;
                    if (columns == lanes)
                        store<T>(to, load(from));
                    else
                        std::copy_n(from, columns, to);
                }
            }
        }
    }
};

/// Rows [first, last) of [x; 1]^T dy += the sum over `samples` rows: the weight gradient of a linear layer.
/// x is samples x inputs, dy samples x outputs; `gradient` is (inputs + 1) x outputs, row `inputs` the bias.
template <class T>
void add_outer_products(index_t samples, const T* x, index_t inputs, const T* dy, index_t outputs, index_t first,
                        index_t last, T* gradient) {
    constexpr index_t lanes = lanes_of<T>;
    const index_t rows = std::min(last, inputs) - first;
    const index_t whole = outputs / lanes * lanes;
    cover_with_blocks(rows, whole / lanes, [&]<int Rows, int Vectors>(index_t row, index_t vector) {
        register_block<T, Rows, Vectors> block;
        block.multiply_add(samples, {x + first + row, 1, inputs}, {dy + vector * lanes, lanes, outputs});
        block.for_each([&](int r, int v, const auto& sum) {
            T* to = gradient + (first + row + r) * outputs + (vector + v) * lanes;
            store<T>(to, load(to) + sum);
        });
    });
    for (index_t row = first; row < last; ++row)
        for (index_t o = row == inputs ? 0 : whole; o < outputs; ++o)
            for (index_t n = 0; n < samples; ++n)
                gradient[row * outputs + o] += (row == inputs ? T(1) : x[n * inputs + row]) * dy[n * outputs + o];
}

}  // namespace lpntk::nn
