#pragma once

#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/layers/linear.hpp>
#include <lpntk/nn/layers/pooling.hpp>
#include <lpntk/nn/layers/reshape.hpp>
#include <lpntk/nn/sequential.hpp>

#include "golden.hpp"

namespace test {

/// The three networks of tests/data/networks, with their weights.
template <class T>
auto golden_mlp() {
    auto net = lpntk::nn::make_sequential<T>({1, 1, 6}, lpntk::nn::linear(5), lpntk::nn::relu(), lpntk::nn::linear(4),
                                             lpntk::nn::relu(), lpntk::nn::linear(3));
    net.set_weights(golden_row<T>("networks/mlp_w"));
    return net;
}

template <class T>
auto golden_cnn() {
    auto net = lpntk::nn::make_sequential<T>(
        {8, 8, 2}, lpntk::nn::conv2d({.outputs = 3}), lpntk::nn::relu(), lpntk::nn::conv2d({.outputs = 4}),
        lpntk::nn::relu(), lpntk::nn::max_pool(2), lpntk::nn::flatten(), lpntk::nn::linear(5), lpntk::nn::relu(),
        lpntk::nn::linear(3));
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

}  // namespace test
