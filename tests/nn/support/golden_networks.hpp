#pragma once

#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/average_pool.hpp>
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/layers/linear.hpp>
#include <lpntk/nn/layers/max_pool.hpp>
#include <lpntk/nn/layers/reshape.hpp>
#include <lpntk/nn/network.hpp>
#include <lpntk/nn/residual.hpp>
#include <lpntk/nn/resnet.hpp>

#include "golden.hpp"

namespace test {

/// The networks of tests/data/networks, with their weights.
template <class T>
auto golden_mlp() {
    auto net = lpntk::nn::make_sequential<T>({1, 1, 6}, lpntk::nn::linear(5), lpntk::nn::relu(), lpntk::nn::linear(4),
                                             lpntk::nn::relu(), lpntk::nn::linear(3));
    net.set_weights(golden_row<T>("networks/mlp_w"));
    return net;
}

template <class T>
auto golden_cnn() {
    auto net = lpntk::nn::make_sequential<T>({8, 8, 2}, lpntk::nn::conv2d({.outputs = 3}), lpntk::nn::relu(),
                                             lpntk::nn::conv2d({.outputs = 4}), lpntk::nn::relu(),
                                             lpntk::nn::max_pool(2), lpntk::nn::flatten(), lpntk::nn::linear(5),
                                             lpntk::nn::relu(), lpntk::nn::linear(3));
    net.set_weights(golden_row<T>("networks/cnn_w"));
    return net;
}

template <class T>
auto golden_strided_cnn() {
    auto net = lpntk::nn::make_sequential<T>(
        {7, 8, 1}, lpntk::nn::conv2d({.outputs = 3, .stride = 2, .padding = 1}), lpntk::nn::gelu(),
        lpntk::nn::conv2d({.outputs = 4, .stride = 2, .padding = 1}), lpntk::nn::tanh(), lpntk::nn::average_pool(2),
        lpntk::nn::flatten(), lpntk::nn::linear(3));
    net.set_weights(golden_row<T>("networks/strided_cnn_w"));
    return net;
}

/// A convolution of 3 x 3 with padding 1, as in residual networks without bias.
inline lpntk::nn::conv2d conv3(lpntk::index_t outputs, lpntk::index_t stride = 1, bool bias = false) {
    return lpntk::nn::conv2d({.outputs = outputs, .stride = stride, .padding = 1, .bias = bias});
}

template <class T>
auto golden_resnet() {
    namespace nn = lpntk::nn;
    auto net = nn::make_sequential<T>(
        {8, 8, 2}, conv3(4), nn::relu(), nn::residual(nn::chain(conv3(4), nn::tanh(), conv3(4, 1, true))), nn::relu(),
        nn::residual(nn::chain(conv3(6, 2), nn::chain(nn::gelu(), conv3(6))),
                     nn::conv2d({.outputs = 6, .kernel = 1, .stride = 2, .bias = false})),
        nn::max_pool({.window = 3, .stride = 2, .padding = 1}), nn::global_average_pool(), nn::flatten(),
        nn::residual(nn::chain(nn::linear(8), nn::relu(), nn::linear({.outputs = 6, .bias = false}))), nn::linear(3));
    net.set_weights(golden_row<T>("networks/resnet_w"));
    return net;
}

/// Of PyTorch's usual form, batch normalisation behind each convolution.
template <class T>
auto golden_norm_resnet() {
    auto net = lpntk::nn::resnet<T, 1, lpntk::nn::normalisation::batch>({8, 8, 2}, {3, 4}, 3, 1);
    net.set_weights(golden_row<T>("networks/norm_resnet_w"));
    net.set_statistics(golden_row<T>("networks/norm_resnet_statistics"));
    return net;
}

}  // namespace test
