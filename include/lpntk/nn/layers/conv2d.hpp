#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "lpntk/core/require.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/layers/conv2d_gradient.hpp"
#include "lpntk/nn/layers/conv2d_product.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Cross-correlation with `outputs` kernels over all channels, and a bias.
/// Weight (ky, kx, c) of output o is at ((ky * kernel width + kx) * channels + c) * outputs + o.
///
///     conv2d({.outputs = 32}), conv2d({.outputs = 8, .kernel = {1, 7}, .stride = 2, .padding = {0, 3}, .bias = false})
struct conv2d {
    /// A convolution as it is asked for; the inputs come from the layer before.
    struct options {
        index_t outputs;       ///< kernels, >= 1: the channels of the output; must be given
        extent2d kernel = 3;   ///< pixels, >= 1, no larger than the padded image
        extent2d stride = 1;   ///< pixels from one position to the next, >= 1
        extent2d padding = 0;  ///< rows and columns of zeros on each side of the image
        bool bias = true;      ///< one number an output, added at every position
    };

    static constexpr bool by_sample = true;      ///< an image and its patches stay in cache
    static constexpr bool keeps_input = true;    ///< its patches are the factors of the weights' gradient
    static constexpr bool keeps_output = false;  ///< linear

    options how;  ///< as asked for

    /// Throws argument_error unless outputs, kernel and stride are >= 1 and the padding >= 0.
    explicit conv2d(options with) : how(with) {
        require(how.outputs >= 1, "conv2d", "outputs", how.outputs, ">= 1");
        require(how.kernel.covers(1), "conv2d", "kernel", how.kernel, ">= 1");
        require(how.stride.covers(1), "conv2d", "stride", how.stride, ">= 1");
        require(how.padding.covers(0), "conv2d", "padding", how.padding, ">= 0");
    }

    /// (padded - kernel) / stride + 1 each way, rounded down. Throws argument_error when no kernel fits.
    image_shape output_shape(image_shape in) const {
        const image_shape wide = padded_shape(in);
        const extent2d padded{wide.height, wide.width};
        if (!padded.covers(how.kernel))
            require(false, "conv2d", "kernel", how.kernel, "no larger than the padded image, " + padded.text());
        return {(wide.height - how.kernel.height) / how.stride.height + 1,
                (wide.width - how.kernel.width) / how.stride.width + 1, how.outputs};
    }

    /// "conv2d": one position for each pixel of the output; a_t is the patch there.
    std::array<part_layout, 1> parts(image_shape in) const {
        const image_shape out = output_shape(in);
        return {{{.name = "conv2d",
                  .outputs = how.outputs,
                  .inputs = how.kernel.height * how.kernel.width * in.channels,
                  .positions = out.height * out.width,
                  .bias = how.bias}}};
    }

    /// Scratch of one thread.
    template <class T>
    struct state {
        detail::conv2d_product<T> product;    ///< with the weights
        detail::conv2d_product<T> direction;  ///< with their tangent
        detail::conv2d_gradient<T> gradient;  ///< of one sample after the other
        vector<T> padded_input;               ///< its border is 0
        vector<T> padded_gradient;            ///< its border is dropped
        vector<T> sum;                        ///< of a tangent
    };

    /// Transforms the weights for Winograd's filtering or packs their last columns; refers to them.
    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        s.product.prepare(geometry(call), call.weights);
        if (pads()) s.padded_input.setZero(padded_shape(call.in).size());
    }

    /// Packs the weights for the gradient by the input.
    template <class T>
    void prepare_backward(const layer_call<T>& call, state<T>& s) const {
        s.gradient.prepare(geometry(call), call.weights);
    }

    /// The same as prepare_forward for the direction.
    template <class T>
    void prepare_tangent(const layer_call<T>& call, state<T>& s) const {
        s.direction.prepare(geometry(call), call.direction);
        s.sum.resize(call.out.size());
    }

    /// One sample, by Winograd's filtering where it fits (layers/winograd.hpp).
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        s.product(pad(call, x, s), bias(call, call.weights), y);
    }

    /// One sample; the cost goes with the numbers of dy that are not zero.
    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T*, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        give(call, x, dy, dx != nullptr, s, taker.sample(call.part, call.first));
        if (dx) pull_back(call, dx, s);
    }

    /// f(x; w') + f(dx; W), the latter without bias: f is linear in [W; b].
    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T*, const T* dx, T* dy, state<T>& s) const {
        s.direction(pad(call, x, s), bias(call, call.direction), dy);
        if (!dx) return;
        s.product(pad(call, dx, s), nullptr, s.sum.data());
        Eigen::Map<vector<T>>(dy, s.sum.size()) += s.sum;
    }

private:
    /// The gradient by the weights to its place; reads dy for pull_back, too, when that is to follow.
    template <class T>
    void give(const layer_call<T>& call, const T* x, const T* dy, bool pulls_back, state<T>& s,
              const gradient_place<T>& place) const {
        if (place.formed || pulls_back) s.gradient.read(dy);
        if (place.formed) {
            s.gradient.add_weight_gradient(pad(call, x, s), place.formed);
            if (how.bias) s.gradient.add_bias_gradient(place.formed + geometry(call).patch() * how.outputs);
        } else if (place.cotangents) {
            std::copy_n(dy, call.out.size(), place.cotangents);
            copy_patches(geometry(call), pad(call, x, s), place.inputs);
        }
    }

    template <class T>
    void pull_back(const layer_call<T>& call, T* dx, state<T>& s) const {
        const index_t padded_size = padded_shape(call.in).size();
        if (!pads()) {
            std::fill_n(dx, padded_size, T(0));
            s.gradient.add_input_gradient(dx);
            return;
        }
        s.padded_gradient.setZero(padded_size);
        s.gradient.add_input_gradient(s.padded_gradient.data());
        copy_rows(call.in, s.padded_gradient.data() + padding_offset(call.in), padded_shape(call.in).width, dx,
                  call.in.width);
    }

    /// The patches of one padded image side by side: positions x patch.
    template <class T>
    static void copy_patches(const detail::conv2d_geometry& shape, const T* image, T* to) {
        for (index_t t = 0; t < shape.positions(); ++t)
            for (index_t ky = 0; ky < shape.kernel.height; ++ky, to += shape.run())
                std::copy_n(image + shape.patch_offset(t) + ky * shape.row(), shape.run(), to);
    }

    bool pads() const { return how.padding != extent2d(0); }

    image_shape padded_shape(image_shape in) const {
        return {in.height + 2 * how.padding.height, in.width + 2 * how.padding.width, in.channels};
    }

    index_t padding_offset(image_shape in) const {
        return (how.padding.height * padded_shape(in).width + how.padding.width) * in.channels;
    }

    template <class T>
    detail::conv2d_geometry geometry(const layer_call<T>& call) const {
        return {padded_shape(call.in), call.out, how.kernel, how.stride};
    }

    template <class T>
    const T* bias(const layer_call<T>& call, const T* weights) const {
        return how.bias ? weights + geometry(call).patch() * how.outputs : nullptr;
    }

    template <class T>
    const T* pad(const layer_call<T>& call, const T* x, state<T>& s) const {
        if (!pads()) return x;
        copy_rows(call.in, x, call.in.width, s.padded_input.data() + padding_offset(call.in),
                  padded_shape(call.in).width);
        return s.padded_input.data();
    }

    template <class T>
    static void copy_rows(image_shape image, const T* from, index_t from_width, T* to, index_t to_width) {
        for (index_t row = 0; row < image.height; ++row)
            std::copy_n(from + row * from_width * image.channels, image.width * image.channels,
                        to + row * to_width * image.channels);
    }
};
static_assert(layer<conv2d>);

}  // namespace lpntk::nn
