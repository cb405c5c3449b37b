#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/io/stored_tensor.hpp"
#include "lpntk/nn/layers/batch_norm.hpp"
#include "lpntk/nn/layers/conv2d.hpp"
#include "lpntk/nn/layers/linear.hpp"
#include "lpntk/nn/layers/reshape.hpp"
#include "lpntk/nn/network.hpp"
#include "lpntk/nn/residual.hpp"

/// The weights of this library's networks as PyTorch lays them out.
namespace lpntk::inline LPNTK_TARGET::nn {

/// A tensor of a PyTorch module, and where its numbers are in network::state().
struct pytorch_tensor {
    std::string name;                                            ///< "weight", "running_mean"
    std::vector<index_t> shape;                                  ///< PyTorch's
    std::function<index_t(index_t)> place_of;                    ///< of its i-th number, the last axis running fastest
    index_t size() const { return io::detail::size_of(shape); }  ///< numbers in it
};

/// What PyTorch has for one layer with weights.
struct pytorch_module {
    std::string layer;                    ///< the name of its part: "conv2d 1"
    std::vector<pytorch_tensor> tensors;  ///< in PyTorch's order, without num_batches_tracked
    bool counts_batches = false;          ///< PyTorch's module has num_batches_tracked as well
};

namespace detail {

template <class Layer>
inline constexpr bool is_residual = false;
template <class Body, class Shortcut>
inline constexpr bool is_residual<residual<Body, Shortcut>> = true;

/// Lists the modules of a layer and of those within it, in the order of their parts.
class pytorch_walk {
public:
    pytorch_walk(const std::vector<part_layout>& parts, index_t parameters) : parts_(parts), parameters_(parameters) {}

    template <class Layer>
    void walk(const Layer& l, image_shape in, const layer_offsets& at) {
        if constexpr (is_residual<Layer>) {
            const image_shape before = flattened_;
            l.visit(in, [&](const auto& branch, image_shape, const layer_offsets& from) {
                flattened_ = before;
                walk(branch, in, sum(at, from));
                require(!is_permuted(flattened_), "pytorch_modules", "order of the numbers in a residual block",
                        "that of a flattened image, in which PyTorch has channels first", "the same in both");
            });
        } else if constexpr (requires { l.visit(in, [](const auto&, image_shape, const layer_offsets&) {}); }) {
            l.visit(in, [&](const auto& inner, image_shape shape, const layer_offsets& from) {
                walk(inner, shape, sum(at, from));
            });
        } else if constexpr (std::is_same_v<Layer, flatten>) {
            if (in.height * in.width > 1) flattened_ = in;
        } else if constexpr (std::is_same_v<Layer, conv2d>) {
            add(at, tensors(l, in, at.weights));
        } else if constexpr (std::is_same_v<Layer, linear>) {
            add(at, tensors(l, in.height * in.width > 1 || !is_permuted(flattened_) ? in : flattened_, at.weights));
            flattened_ = {};
        } else if constexpr (std::is_same_v<Layer, batch_norm>) {
            add(at, tensors(in.channels, at));
            modules.back().counts_batches = true;
        } else {
            require(part_count<Layer> == 0, "pytorch_modules", "layer", parts_[static_cast<std::size_t>(at.parts)].name,
                    "conv2d, linear or batch_norm, or have no weights");
        }
    }

    std::vector<pytorch_module> modules;

private:
    static layer_offsets sum(const layer_offsets& a, const layer_offsets& b) {
        return {a.parts + b.parts, a.weights + b.weights, a.statistics + b.statistics};
    }

    static bool is_permuted(image_shape image) { return image.height * image.width > 1 && image.channels > 1; }

    void add(const layer_offsets& at, std::vector<pytorch_tensor> tensors) {
        modules.push_back({parts_[static_cast<std::size_t>(at.parts)].name, std::move(tensors)});
    }

    static pytorch_tensor run(std::string name, index_t size, index_t first) {
        return {std::move(name), {size}, [=](index_t i) { return first + i; }};
    }

    /// out, in, y, x there; y, x, in, out here.
    static std::vector<pytorch_tensor> tensors(const conv2d& l, image_shape in, index_t first) {
        const index_t outputs = l.how.outputs, inputs = in.channels;
        const index_t pixels = l.how.kernel.height * l.how.kernel.width, patch = pixels * inputs;
        std::vector<pytorch_tensor> both{
            {"weight", {outputs, inputs, l.how.kernel.height, l.how.kernel.width}, [=](index_t i) {
                 const index_t o = i / patch, c = i % patch / pixels, pixel = i % pixels;
                 return first + (pixel * inputs + c) * outputs + o;
             }}};
        if (l.how.bias) both.push_back(run("bias", outputs, first + patch * outputs));
        return both;
    }

    /// out, then the inputs channel by channel there; the inputs pixel by pixel, then out here.
    static std::vector<pytorch_tensor> tensors(const linear& l, image_shape in, index_t first) {
        const index_t outputs = l.how.outputs, inputs = in.size(), pixels = in.height * in.width;
        std::vector<pytorch_tensor> both{{"weight", {outputs, inputs}, [=](index_t i) {
                                              const index_t column = i % inputs, pixel = column % pixels;
                                              const index_t row = pixel * in.channels + column / pixels;
                                              return first + row * outputs + i / inputs;
                                          }}};
        if (l.how.bias) both.push_back(run("bias", outputs, first + inputs * outputs));
        return both;
    }

    std::vector<pytorch_tensor> tensors(index_t channels, const layer_offsets& at) const {
        const index_t statistics = parameters_ + at.statistics;
        return {run("weight", channels, at.weights), run("bias", channels, at.weights + channels),
                run("running_mean", channels, statistics), run("running_var", channels, statistics + channels)};
    }

    const std::vector<part_layout>& parts_;
    index_t parameters_;
    image_shape flattened_;  ///< the image whose numbers come in a row, if no layer has mixed them since
};

}  // namespace detail

/// What PyTorch has for each layer with weights, in order. Throws argument_error for a layer with weights that is not
/// conv2d, linear or batch_norm, and for a flattened image that a residual block adds to.
template <class T, layer Layer>
std::vector<pytorch_module> pytorch_modules(const network<T, Layer>& net) {
    detail::pytorch_walk walk(net.part_layouts(), net.parameters());
    walk.walk(net.layer(), net.input_shape(), {});
    return std::move(walk.modules);
}

}  // namespace lpntk::nn
