#pragma once

#include <algorithm>
#include <string>

#include "lpntk/nn/affine_product.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/layers/conv2d_gradient.hpp"
#include "lpntk/nn/layers/winograd.hpp"

namespace lpntk::nn {

/// Cross-correlation with `outputs` kernels of kernel x kernel pixels over all channels, and a bias.
///
/// Images are channels last, so that a row of a patch, kernel x channels numbers, is contiguous: the product
/// reads the patches in place; where winograd fits, it replaces that in the forward pass.
/// Weight (ky, kx, c) of output o is at ((ky * kernel + kx) * channels + c) * outputs + o.
struct conv2d {
    struct options {
        index_t outputs;
        index_t kernel = 3;
        index_t stride = 1;
        index_t padding = 0;  ///< rows and columns of zeros around the image
    };

    options how;

    static constexpr bool has_weights = true;
    static constexpr bool by_sample = true;
    static constexpr bool keeps_input = true;
    static constexpr bool keeps_output = false;

    explicit conv2d(options with) : how(with) {
        require(how.outputs >= 1, "conv2d", "outputs", how.outputs, ">= 1");
        require(how.kernel >= 1, "conv2d", "kernel", how.kernel, ">= 1");
        require(how.stride >= 1, "conv2d", "stride", how.stride, ">= 1");
        require(how.padding >= 0, "conv2d", "padding", how.padding, ">= 0");
    }

    image_shape output_shape(image_shape in) const {
        const image_shape wide = padded_shape(in);
        require(std::min(wide.height, wide.width) >= how.kernel, "conv2d", "kernel", how.kernel,
                "no larger than the padded image, " + std::to_string(wide.height) + " x " + std::to_string(wide.width));
        return {(wide.height - how.kernel) / how.stride + 1, (wide.width - how.kernel) / how.stride + 1, how.outputs};
    }

    static index_t memo_size(image_shape) { return 0; }

    part_layout layout(image_shape in) const {
        const image_shape out = output_shape(in);
        return {.name = "conv2d", .outputs = how.outputs, .inputs = how.kernel * how.kernel * in.channels,
                .positions = out.height * out.width, .bias = true};
    }

    template <class T>
    struct state {
        column_tail<T> tail;
        winograd<T> filtering;
        vector<T> padded_input, padded_gradient;
        conv2d_gradient<T> gradient;
    };

    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        if (winograd<T>::fits(geometry(call)))
            s.filtering.prepare(geometry(call), call.weights);
        else
            s.tail.pack(call.weights, how.kernel * how.kernel * call.in.channels, how.outputs);
        if (how.padding > 0) s.padded_input.setZero(padded_shape(call.in).size());
    }

    template <class T>
    void prepare_backward(const layer_call<T>& call, state<T>& s) const {
        s.gradient.prepare(geometry(call), call.weights);
        if (how.padding > 0) s.padded_input.setZero(padded_shape(call.in).size());
    }

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        const image_shape wide = padded_shape(call.in);
        const T* image = pad(call, x, s);
        if (winograd<T>::fits(geometry(call))) return s.filtering.forward(image, y);
        const index_t row_size = wide.width * wide.channels;
        for (index_t row = 0; row < call.out.height; ++row)
            affine_product<T>({image + row * how.stride * row_size, call.out.width, how.stride * wide.channels, how.kernel,
                               row_size, how.kernel * wide.channels},
                              call.weights, how.outputs, s.tail, y + row * call.out.width * how.outputs);
    }

    /// gradient += sum over the positions of [patch; 1] (x) dy, and dx := the gradient of the input;
    /// either pointer may be null.
    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T* dy, T* gradient, T* dx, state<T>& s) const {
        s.gradient.read(dy);
        if (gradient) s.gradient.add_weight_gradient(pad(call, x, s), gradient);
        if (!dx) return;
        const index_t padded_size = padded_shape(call.in).size();
        if (how.padding == 0) {
            std::fill_n(dx, padded_size, T(0));
            s.gradient.add_input_gradient(dx);
            return;
        }
        s.padded_gradient.setZero(padded_size);
        s.gradient.add_input_gradient(s.padded_gradient.data());
        copy_rows(call.in, s.padded_gradient.data() + padding_offset(call.in), padded_shape(call.in).width, dx,
                  call.in.width);
    }

    /// The patches of one sample side by side: positions x (kernel * kernel * channels).
    template <class T>
    void patches(const layer_call<T>& call, const T* x, T* to, state<T>& s) const {
        const image_shape wide = padded_shape(call.in);
        const T* image = pad(call, x, s);
        const index_t run = how.kernel * wide.channels;
        for (index_t row = 0; row < call.out.height; ++row)
            for (index_t column = 0; column < call.out.width; ++column)
                for (index_t ky = 0; ky < how.kernel; ++ky, to += run)
                    std::copy_n(image + ((row * how.stride + ky) * wide.width + column * how.stride) * wide.channels, run, to);
    }

private:
    image_shape padded_shape(image_shape in) const {
        return {in.height + 2 * how.padding, in.width + 2 * how.padding, in.channels};
    }

    index_t padding_offset(image_shape in) const {
        return how.padding * (padded_shape(in).width + 1) * in.channels;
    }

    template <class T>
    conv2d_geometry geometry(const layer_call<T>& call) const {
        return {padded_shape(call.in), call.out, how.kernel, how.stride};
    }

    template <class T>
    const T* pad(const layer_call<T>& call, const T* x, state<T>& s) const {
        if (how.padding == 0) return x;
        copy_rows(call.in, x, call.in.width, s.padded_input.data() + padding_offset(call.in), padded_shape(call.in).width);
        return s.padded_input.data();
    }

    template <class T>
    static void copy_rows(image_shape image, const T* from, index_t from_width, T* to, index_t to_width) {
        for (index_t row = 0; row < image.height; ++row)
            std::copy_n(from + row * from_width * image.channels, image.width * image.channels,
                        to + row * to_width * image.channels);
    }
};

}  // namespace lpntk::nn
