#pragma once

#include <cmath>
#include <cstdint>

#include "lpntk/nn/initialise.hpp"
#include "lpntk/nn/layers/activations.hpp"
#include "lpntk/nn/layers/conv2d.hpp"
#include "lpntk/nn/layers/dropout.hpp"
#include "lpntk/nn/layers/linear.hpp"
#include "lpntk/nn/layers/max_pool.hpp"
#include "lpntk/nn/layers/reshape.hpp"
#include "lpntk/nn/network.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// The paper's LeNet (Guo et al., ICLR 2024, appendix), He initialisation: 1,199,882 weights for 28 x 28 grey images
/// and 10 classes, 1,626,442 for 32 x 32 x 3. ReLU and max-pooling commute; pooling first leaves ReLU a quarter of the
/// work. Throws argument_error for images of less than 6 x 6.
template <class T>
auto lenet(std::uint64_t seed, image_shape input = {28, 28, 1}, index_t classes = 10) {
    auto net = make_sequential<T>(input, conv2d({.outputs = 32}), relu(), conv2d({.outputs = 64}), max_pool(2), relu(),
                                  dropout(0.25), flatten(), linear(128), relu(), dropout(0.5), linear(classes));
    initialise(net, initialisation::he, seed);
    return net;
}

namespace detail {

/// Wraps (shape, layers...) for i = 1 .. N - 1 as activation and linear layer, scaled for the NTK parametrisation.
template <class T, bool Ntk, class Activation, std::size_t I, std::size_t N, class... Layers>
auto grow_mlp(const index_t (&widths)[N], Layers... layers) {
    if constexpr (I == N) {
        return make_sequential<T>({1, 1, widths[0]}, std::move(layers)...);
    } else {
        const auto append = [&](auto... more) {
            return grow_mlp<T, Ntk, Activation, I + 1>(widths, std::move(layers)..., std::move(more)...);
        };
        const scale shrink(1.0 / std::sqrt(static_cast<double>(widths[I - 1])));
        if constexpr (Ntk && I > 1)
            return append(Activation(), shrink, linear(widths[I]));
        else if constexpr (Ntk)
            return append(shrink, linear(widths[I]));
        else if constexpr (I > 1)
            return append(Activation(), linear(widths[I]));
        else
            return append(linear(widths[I]));
    }
}

}  // namespace detail

/// A fully connected network: widths are inputs, hidden layers, classes.
///
///     auto net = nn::mlp<float>({784, 512, 512, 10}, seed);              // ReLU, He initialisation
///     auto smooth = nn::mlp<float, nn::tanh>({784, 64, 10}, seed, nn::initialisation::lecun);
template <class T, class Activation = relu, std::size_t N>
auto mlp(const index_t (&widths)[N], std::uint64_t seed, initialisation how = initialisation::he) {
    static_assert(N >= 2, "mlp needs at least the inputs and the outputs");
    auto net = detail::grow_mlp<T, false, Activation, 1>(widths);
    initialise(net, how, seed);
    return net;
}

/// The same in NTK parametrisation: layer l computes W h / sqrt(width) + b with standard normal W and b, so that
/// kernels have a limit as the widths grow (Theorem 1 of the paper).
template <class T, class Activation = relu, std::size_t N>
auto ntk_mlp(const index_t (&widths)[N], std::uint64_t seed) {
    static_assert(N >= 2, "ntk_mlp needs at least the inputs and the outputs");
    auto net = detail::grow_mlp<T, true, Activation, 1>(widths);
    initialise(net, initialisation::ntk, seed);
    return net;
}

}  // namespace lpntk::nn
