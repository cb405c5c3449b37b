#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "lpntk/nn/initialise.hpp"
#include "lpntk/nn/layers/activations.hpp"
#include "lpntk/nn/layers/average_pool.hpp"
#include "lpntk/nn/layers/batch_norm.hpp"
#include "lpntk/nn/layers/conv2d.hpp"
#include "lpntk/nn/layers/linear.hpp"
#include "lpntk/nn/network.hpp"
#include "lpntk/nn/residual.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// What follows the convolutions of a residual network.
enum class normalisation {
    none,  ///< their biases
    batch  ///< batch_norm; they have no bias
};

namespace detail {

/// A convolution, and what follows it: its bias, or batch_norm.
template <normalisation By>
auto normalised(conv2d::options how) {
    how.bias = By == normalisation::none;
    if constexpr (By == normalisation::none)
        return conv2d(how);
    else
        return chain(conv2d(how), batch_norm());
}

template <normalisation By>
auto block_body(index_t width, index_t stride) {
    return chain(normalised<By>({.outputs = width, .stride = stride, .padding = 1}), relu(),
                 normalised<By>({.outputs = width, .padding = 1}));
}

/// The basic block: two 3 x 3 convolutions, added to the input or, where a stage begins that changes the shape, to a
/// 1 x 1 convolution of it.
template <normalisation By, bool Changes>
auto basic_block(index_t width) {
    if constexpr (Changes)
        return chain(residual(block_body<By>(width, 2), normalised<By>({.outputs = width, .kernel = 1, .stride = 2})),
                     relu());
    else
        return chain(residual(block_body<By>(width, 1)), relu());
}

template <normalisation By, bool Changes, std::size_t... Further>
auto stage(index_t width, std::index_sequence<Further...>) {
    return chain(basic_block<By, Changes>(width), (static_cast<void>(Further), basic_block<By, false>(width))...);
}

/// Multiplies the last convolution of each block by 1 / sqrt(number of blocks). The parts are those of stem, blocks
/// (two convolutions, then the shortcut's if there is one) and the linear layer.
template <class T, layer Layer>
void shrink_branches(network<T, Layer>& net, std::size_t stages, std::size_t blocks_of_a_stage) {
    const auto factor = static_cast<T>(1 / std::sqrt(static_cast<double>(stages * blocks_of_a_stage)));
    const auto& parts = net.part_layouts();
    index_t first = parts[0].parameters();
    std::size_t part = 1;
    for (std::size_t block = 0; block < stages * blocks_of_a_stage; ++block) {
        const bool changes = block >= blocks_of_a_stage && block % blocks_of_a_stage == 0;
        first += parts[part].parameters();
        net.mutable_weights().segment(first, parts[part + 1].parameters()) *= factor;
        first += parts[part + 1].parameters();
        if (changes) first += parts[part + 2].parameters();
        part += changes ? 3 : 2;
    }
}

template <class T, std::size_t Blocks, normalisation By, std::size_t Stages, std::size_t... Stage>
auto grow_resnet(image_shape input, const index_t (&widths)[Stages], index_t classes, std::index_sequence<Stage...>) {
    return make_sequential<T>(input, normalised<By>({.outputs = widths[0], .padding = 1}), relu(),
                              stage<By, (Stage > 0)>(widths[Stage], std::make_index_sequence<Blocks - 1>())...,
                              global_average_pool(), linear(classes));
}

}  // namespace detail

/// A residual network for small images (He et al. 2016): a stem of widths[0], then for each width a stage of `Blocks`
/// basic blocks, stride 2 where all but the first begin; average pool; linear.
///
///     auto net = nn::resnet<float, 1>({32, 32, 3}, {16, 32, 64}, 10, seed);                            // the paper's
///     auto usual = nn::resnet<float, 1, nn::normalisation::batch>({32, 32, 3}, {16, 32, 64}, 10, seed);
///
/// He initialisation. Without normalisation the last convolution of each of the B blocks is smaller by 1 / sqrt(B):
/// what the blocks add does not grow with their number (Hayou et al. 2021).
template <class T, std::size_t Blocks = 2, normalisation By = normalisation::none, std::size_t Stages>
auto resnet(image_shape input, const index_t (&widths)[Stages], index_t classes, std::uint64_t seed) {
    static_assert(Blocks >= 1, "a stage of a resnet has a block at least");
    auto net = detail::grow_resnet<T, Blocks, By>(input, widths, classes, std::make_index_sequence<Stages>());
    initialise(net, initialisation::he, seed);
    if constexpr (By == normalisation::none) detail::shrink_branches(net, Stages, Blocks);
    return net;
}

/// The ResNet-18 for CIFAR-10: of the published code of the paper, without normalisation, 11,169,162 weights; with
/// batch normalisation, 11,173,962, PyTorch's in PyTorch's order.
template <class T, normalisation By = normalisation::none>
auto resnet18(std::uint64_t seed) {
    return resnet<T, 2, By>({32, 32, 3}, {64, 128, 256, 512}, 10, seed);
}

}  // namespace lpntk::nn
