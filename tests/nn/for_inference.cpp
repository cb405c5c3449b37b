#include <lpntk/nn/for_inference.hpp>

#include <limits>
#include <type_traits>

#include <lpntk/nn/layers/max_pool.hpp>
#include <lpntk/nn/layers/reshape.hpp>
#include <lpntk/nn/resnet.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

/// Weights and statistics away from their start, variances positive.
template <class Network>
Network shaken(Network net, std::uint64_t seed) {
    lpntk::random_stream random(seed);
    auto state = net.state();
    for (auto& number : state) number += static_cast<typename Network::scalar>(0.5 * random.uniform());
    net.set_state(state);
    return net;
}

/// The logits as the backward pass has them: layer by layer.
template <class Network>
auto unfolded(const Network& net, const matrix<typename Network::scalar>& x) {
    typename Network::workspace buffers;
    return matrix<typename Network::scalar>(net.forward(buffers, x));
}

template <class Network>
void check_logits(const Network& made, double tolerance) {
    const auto net = shaken(made, 3);
    using T = typename Network::scalar;
    const matrix<T> x = test::random_rows<T>(70, net.inputs(), 5);  // two batches
    const matrix<T> z = net.logits(x, 2);
    CHECK(test::worst_difference(z, unfolded(net, x)) < tolerance);
    CHECK(z == net.logits(x, 1));
    vector<T> one(net.outputs());
    net.logits(x.row(69).transpose(), one);
    CHECK(one == z.row(69).transpose());
}

template <class T>
void check_networks(double tolerance) {
    using nn::batch_norm, nn::chain, nn::conv2d, nn::flatten, nn::linear, nn::make_sequential, nn::relu, nn::tanh;
    check_logits(nn::resnet<T, 1, nn::normalisation::batch>({9, 7, 3}, {5, 16}, 3, 1), tolerance);
    check_logits(nn::resnet<T, 2, nn::normalisation::none>({6, 6, 2}, {3, 4}, 3, 1), tolerance);
    // In Winograd's form and not, with bias and without, ReLU behind, before, or none.
    check_logits(make_sequential<T>({8, 8, 16}, conv2d({.outputs = 19}), batch_norm(), relu(), flatten()), tolerance);
    check_logits(make_sequential<T>({8, 8, 2}, conv2d({.outputs = 5, .bias = false}), batch_norm({.epsilon = 0.3}),
                                    tanh(), chain(batch_norm(), relu()), flatten(), linear(3), batch_norm()),
                 tolerance);
    check_logits(make_sequential<T>({7, 9, 130}, conv2d({.outputs = 3, .kernel = 5, .stride = 2, .padding = 1}),
                                    batch_norm(), relu(), batch_norm(), conv2d({.outputs = 9}), relu(), batch_norm()),
                 tolerance);  // more than one block of a run's 650 numbers
    check_logits(make_sequential<T>({5, 5, 3}, chain(conv2d({.outputs = 4, .padding = 1}), batch_norm()), relu(),
                                    nn::residual(chain(conv2d({.outputs = 4, .padding = 1}), batch_norm(), relu()),
                                                 chain(conv2d({.outputs = 4, .kernel = 1}), batch_norm())),
                                    relu(), nn::max_pool(2)),
                 tolerance);
}

/// A user's layer that is a relu to the compiler, and is not.
struct leaky_relu : nn::relu {};

}  // namespace

TEST_CASE("logits with batch normalisation folded into convolutions are those of layer after layer") {
    check_networks<float>(3e-6);
    check_networks<double>(1e-14);
}

TEST_CASE("what cannot be joined stays as it is: the same type, and nothing compiled twice") {
    const auto plain = nn::resnet<float>({8, 8, 1}, {2}, 2, 1);
    STATIC_REQUIRE(
        std::is_same_v<decltype(nn::for_inference(plain.layer())), std::remove_cvref_t<decltype(plain.layer())>>);
    const nn::chain rectified(nn::conv2d({.outputs = 2}), nn::batch_norm(), nn::relu());
    STATIC_REQUIRE(std::is_same_v<decltype(nn::for_inference(rectified)), nn::frozen_conv2d<true>>);
    const nn::chain apart(nn::conv2d({.outputs = 2}), nn::relu(), nn::batch_norm());
    STATIC_REQUIRE(std::is_same_v<decltype(nn::for_inference(apart)), nn::chain<nn::conv2d, nn::relu, nn::batch_norm>>);
    const nn::chain derived(nn::conv2d({.outputs = 2}), nn::batch_norm(), leaky_relu());
    STATIC_REQUIRE(
        std::is_same_v<decltype(nn::for_inference(derived)), nn::chain<nn::frozen_conv2d<false>, leaky_relu>>);
}

TEST_CASE("folding keeps what a frozen network refuses and shows") {
    auto net = nn::make_sequential<float>({4, 4, 8}, nn::conv2d({.outputs = 8}), nn::batch_norm(), nn::relu());
    net = shaken(net, 1);
    matrix<float> x = test::random_rows<float>(1, net.inputs(), 2);
    x(0, 0) = std::numeric_limits<float>::quiet_NaN();
    CHECK(!net.logits(x).allFinite());
    vector<float> statistics = net.statistics();
    statistics[8] = -1;
    net.set_statistics(statistics);
    CHECK(test::says(test::message_of<lpntk::argument_error>([&] { net.logits(x); }), "running variance"));
}
