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
        const image_shape wide = detail::conv2d_geometry{.in = in, .out = {}, .padding = how.padding}.padded();
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
                  .bias = how.bias,
                  .window = detail::window_of(in, how.kernel, how.stride, how.padding)}}};
    }

    /// As many as have 512 positions, 64 at most: their products are tall enough then to be worth reading the weights
    /// for.
    index_t samples_at_once(image_shape in) const {
        const image_shape out = output_shape(in);
        index_t samples = 1;
        while (samples < 64 && samples * out.height * out.width < 512) samples *= 2;
        return samples;
    }

    /// Scratch of one thread.
    template <class T>
    struct state {
        detail::conv2d_product<T> product;    ///< with the weights
        detail::conv2d_product<T> direction;  ///< with their tangent
        detail::conv2d_gradient<T> gradient;  ///< of some samples after the other
        vector<T> sum;                        ///< of tangents
    };

    /// Transforms the weights for Winograd's form or packs them.
    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        s.product.prepare(geometry(call), call.weights, samples(call));
    }

    /// Turns the weights for the gradient by the input.
    template <class T>
    void prepare_backward(const layer_call<T>& call, state<T>& s) const {
        s.gradient.prepare(geometry(call), call.weights, how.bias, samples(call));
    }

    /// The same as prepare_forward for the direction.
    template <class T>
    void prepare_tangent(const layer_call<T>& call, state<T>& s) const {
        s.direction.prepare(geometry(call), call.direction, samples(call));
        s.sum.resize(samples(call) * call.out.size());
    }

    /// In Winograd's form where it fits (layers/winograd.hpp).
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        s.product(x, call.count, bias(call, call.weights), y);
    }

    /// Over the numbers of dy that are not zero, where they are few; else like forward.
    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T*, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        s.gradient(x, dy, dx, call.count, taker, call.part, call.first);
    }

    /// f(x; w') + f(dx; W), the latter without bias: f is linear in [W; b].
    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T*, const T* dx, T* dy, state<T>& s) const {
        s.direction(x, call.count, bias(call, call.direction), dy);
        if (!dx) return;
        s.product(dx, call.count, nullptr, s.sum.data());
        for (index_t i = 0; i < call.count * call.out.size(); ++i) dy[i] += s.sum[i];
    }

private:
    template <class T>
    index_t samples(const layer_call<T>& call) const {
        return std::min(call.count, samples_at_once(call.in));
    }

    template <class T>
    detail::conv2d_geometry geometry(const layer_call<T>& call) const {
        return {call.in, call.out, how.kernel, how.stride, how.padding};
    }

    template <class T>
    const T* bias(const layer_call<T>& call, const T* weights) const {
        return how.bias ? weights + geometry(call).patch() * how.outputs : nullptr;
    }
};
static_assert(layer<conv2d>);

}  // namespace lpntk::nn
