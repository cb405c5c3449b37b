#pragma once

#include <concepts>
#include <cstdint>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"

/// Feed-forward networks written for the kernel: batched forward and backward passes by hand, weights in one
/// flat vector, gradients handed out as outer-product parts.
namespace lpntk::nn {

/// What a layer is given at every call.
template <class T>
struct layer_call {
    image_shape in;
    image_shape out;
    const T* weights;       ///< this layer's weights, (inputs + 1) x outputs row-major, the last row the bias
    random_stream* random;  ///< not null only while training
};

/// A layer is a value without weights; they live in the network's flat vector. It models:
///
/// | member | meaning |
/// | --- | --- |
/// | `has_weights` | true: a weighted_layer |
/// | `by_sample` | true: called for one sample at a time, so that a sample stays in cache; false: for a batch |
/// | `keeps_input`, `keeps_output` | what the backward pass reads; other activations are not kept |
/// | `output_shape(in)` | shape of the output; throws argument_error when `in` does not fit |
/// | `memo_size(in)` | bytes a sample that forward leaves for backward (an arg-max, a mask) |
/// | `forward(call, x, y, memo)` | y := f(x) for one sample |
/// | `backward(call, x, y, memo, dy, dx)` | dx := (df/dx)^T dy for one sample |
/// | `tangent(call, x, y, memo, dx, dy)` | dy := (df/dx) dx for one sample; not needed when `diagonal` says that df/dx is, so |
/// | | that backward computes it, nor of layers with weights |
template <class Layer>
concept layer = requires(const Layer& l, image_shape in) {
    { Layer::has_weights } -> std::convertible_to<bool>;
    { Layer::by_sample } -> std::convertible_to<bool>;
    { Layer::keeps_input } -> std::convertible_to<bool>;
    { Layer::keeps_output } -> std::convertible_to<bool>;
    { l.output_shape(in) } -> std::same_as<image_shape>;
    { l.memo_size(in) } -> std::convertible_to<index_t>;
};

/// A layer with weights has a part of the feature, and keeps what it prepares in a `state<T>`, one for each
/// worker: prepare_forward(call, state) and prepare_backward(call, state) are called before a batch.
/// The weights are (inputs + 1) x outputs, row-major, the last row the bias, as part_layout has it.
template <class Layer>
concept weighted_layer = layer<Layer> && Layer::has_weights && requires(const Layer& l, image_shape in) {
    typename Layer::template state<float>;
    { l.layout(in) } -> std::same_as<part_layout>;
};

/// What layers without weights have in common; elementwise layers keep the shape.
struct weightless {
    static constexpr bool by_sample = true;
    static constexpr bool has_weights = false;
    static constexpr bool diagonal = true;
    static index_t memo_size(image_shape) { return 0; }
    static image_shape output_shape(image_shape in) { return in; }
};

}  // namespace lpntk::nn
