#pragma once

#include <algorithm>
#include <array>

#include "lpntk/core/require.hpp"
#include "lpntk/core/transpose.hpp"
#include "lpntk/nn/affine_product.hpp"
#include "lpntk/nn/layer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// y = W^T x + b for every sample of a batch; takes images as flat rows.
///
///     linear(10), linear({.outputs = 10, .bias = false})
struct linear {
    /// A linear layer as it is asked for; the inputs come from the layer before.
    struct options {
        index_t outputs;   ///< numbers of each sample, >= 1; must be given
        bool bias = true;  ///< one number an output, the last row of the weights
    };

    static constexpr bool by_sample = false;     ///< each weight is read once for many samples
    static constexpr bool keeps_input = true;    ///< one factor of the weights' gradient
    static constexpr bool keeps_output = false;  ///< linear

    options how;  ///< as asked for

    explicit linear(index_t outputs) : linear(options{outputs}) {}  ///< with bias
    /// Throws argument_error unless outputs >= 1.
    explicit linear(options with) : how(with) { require(how.outputs >= 1, "linear", "outputs", how.outputs, ">= 1"); }

    image_shape output_shape(image_shape) const { return {1, 1, how.outputs}; }  ///< any image will do, as a flat row

    /// "linear": one position, so that the taker gets batch().
    std::array<part_layout, 1> parts(image_shape in) const {
        return {{{.name = "linear", .outputs = how.outputs, .inputs = in.size(), .positions = 1, .bias = how.bias}}};
    }

    /// Scratch of one thread.
    template <class T>
    struct state {
        detail::affine_product<T> product;  ///< keeps packed weights
        vector<T> cotangents;               ///< outputs x samples of a group, whole vectors
        vector<T> turned;  ///< numbers of dx: a vector for each sample, before and after their transposition
        vector<T> sum;     ///< of a tangent: samples x outputs
    };

    template <class T>
    void prepare_forward(const layer_call<T>&, state<T>&) const {}  ///< packs the weights as it goes

    template <class T>
    void prepare_backward(const layer_call<T>&, state<T>&) const {}  ///< reads the weights in place

    /// Room for one of the two sums of a tangent.
    template <class T>
    void prepare_tangent(const layer_call<T>& call, state<T>& s) const {
        s.sum.resize(call.count * how.outputs);
    }

    /// All samples at once.
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        s.product(x, call.count, call.in.size(), call.weights, bias(call, call.weights), how.outputs, y);
    }

    /// Hands x and dy to the taker as they are; dx costs about what forward does.
    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T*, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        taker.batch(call.part, call.count, x, dy);
        if (dx) pull_back(call, dy, dx, s);
    }

    /// f(x; w') + f(dx; W), the latter without bias: f is linear in [W; b].
    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T*, const T* dx, T* dy, state<T>& s) const {
        const index_t inputs = call.in.size();
        s.product(x, call.count, inputs, call.direction, bias(call, call.direction), how.outputs, dy);
        if (!dx) return;
        s.product(dx, call.count, inputs, call.weights, nullptr, how.outputs, s.sum.data());
        Eigen::Map<vector<T>>(dy, s.sum.size()) += s.sum;
    }

private:
    template <class T>
    const T* bias(const layer_call<T>& call, const T* weights) const {
        return how.bias ? weights + call.in.size() * how.outputs : nullptr;
    }

    /// dx := dy W, computed as W dy^T with the samples side by side in vectors: W is read once, in order.
    template <class T>
    void pull_back(const layer_call<T>& call, const T* dy, T* dx, state<T>& s) const {
        constexpr index_t lanes = micro::lanes_of<T>;
        const index_t inputs = call.in.size(), outputs = how.outputs, width = micro::padded<T>(call.count);
        s.cotangents.setZero(outputs * width);
        for (index_t n = 0; n < call.count; ++n)
            for (index_t o = 0; o < outputs; ++o) s.cotangents[o * width + n] = dy[n * outputs + o];
        s.turned.setZero(2 * lanes * width);
        T *const sums = s.turned.data(), *const turned = sums + lanes * width;
        for (index_t row = 0; row < inputs; row += lanes) {
            const index_t columns = std::min(lanes, inputs - row);
            micro::prefetch(call.weights + (row + columns) * outputs, columns * outputs);
            micro::cover_with_blocks(columns, width / lanes, [&]<int Rows, int Vectors>(index_t r0, index_t v0) {
                micro::register_block<T, Rows, Vectors> block;
                block.multiply_add(outputs, {call.weights + (row + r0) * outputs, outputs, 1},
                                   {s.cotangents.data() + v0 * lanes, lanes, width});
                block.for_each([&](int r, int v, const auto& sum) {
                    micro::store<T>(sums + (r0 + r) * width + (v0 + v) * lanes, sum);
                });
            });
            for (index_t n = 0; n < width; n += lanes) micro::transpose_square(sums + n, width, turned + n * lanes);
            for (index_t n = 0; n < call.count; ++n)
                micro::store_some<T>(dx + n * inputs + row, micro::load(turned + n * lanes), columns);
        }
    }
};
static_assert(layer<linear>);

}  // namespace lpntk::nn
