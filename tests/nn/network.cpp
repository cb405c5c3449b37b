#include <lpntk/nn/network.hpp>

#include <string>

#include <lpntk/model/gradient_check.hpp>
#include <lpntk/nn/initialise.hpp>
#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/average_pool.hpp>
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/layers/dropout.hpp>
#include <lpntk/nn/layers/linear.hpp>
#include <lpntk/nn/layers/reshape.hpp>
#include <lpntk/nn/residual.hpp>
#include <lpntk/nn/trainable.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

/// A user's layer: y = x^2 / 2.
struct half_square : nn::elementwise<half_square> {
    static constexpr bool keeps_input = true;
    static constexpr bool keeps_output = false;
    template <class T>
    T value(T x) const {
        return x * x / 2;
    }
    template <class T>
    T differential(T x, T, T change) const {
        return x * change;
    }
};

/// A user's layer between by-sample layers, a convolution of one position, another with several, batch layers.
auto mixed_network() {
    auto net = nn::make_sequential<double>({7, 7, 2}, nn::conv2d({.outputs = 5, .stride = 2}), half_square(),
                                           nn::conv2d({.outputs = 6}), nn::tanh(), nn::dropout(0.5), nn::linear(4),
                                           half_square(), nn::linear(3));
    nn::initialise(net, nn::initialisation::lecun, 3);
    return net;
}

/// Ends without a linear layer: global average pooling of a last convolution.
auto fully_convolutional() {
    auto net = nn::make_sequential<double>({6, 6, 1}, nn::conv2d({.outputs = 4}), nn::relu(),
                                           nn::conv2d({.outputs = 3}), nn::average_pool(2), nn::flatten());
    nn::initialise(net, nn::initialisation::he, 4);
    return net;
}

/// Blocks in blocks, by sample within a batch, with weights in the shortcut only, a batch layer in front of by-sample
/// ones.
auto nested() {
    auto net = nn::make_sequential<double>(
        {5, 5, 2},
        nn::residual(nn::chain(half_square(), nn::residual(nn::conv2d({.outputs = 2, .padding = 1, .bias = false})))),
        nn::residual(nn::chain(nn::tanh(), nn::average_pool({.window = 3, .stride = 1, .padding = 1})),
                     nn::conv2d({.outputs = 2, .kernel = 1})),
        nn::chain(nn::linear({.outputs = 6, .bias = false}), nn::chain(nn::gelu(), nn::scale(0.5))),
        nn::residual(nn::residual(nn::chain(nn::linear(6), nn::tanh()), nn::chain(nn::tanh()))), nn::linear(3));
    nn::initialise(net, nn::initialisation::lecun, 5);
    return net;
}

using plain = nn::network<double, nn::chain<nn::linear>>;
static_assert(lpntk::has_jacobian<plain> && lpntk::has_pullback<plain> && lpntk::has_parts<plain>);
static_assert(lpntk::has_logits<plain> && lpntk::jacobian_provider<plain> && nn::trainable<plain>);
static_assert(lpntk::jacobian_provider<decltype(nested())> && nn::trainable<decltype(nested())>);

}  // namespace

TEST_CASE("all levels of a network agree with each other and with central differences") {
    const auto mixed = mixed_network();
    REQUIRE(mixed.part_layouts()[1].positions == 1);
    const auto pooled = fully_convolutional();
    const auto blocks = nested();
    for (const std::uint64_t seed : {1U, 2U}) {
        const auto in_blocks = lpntk::gradient_check(blocks, test::random_rows<double>(1, 50, seed).row(0).transpose());
        INFO(in_blocks.describe());
        CHECK(in_blocks.passed(1e-6));
        const auto report = lpntk::gradient_check(mixed, test::random_rows<double>(1, 98, seed).row(0).transpose());
        INFO(report.describe());
        CHECK(report.passed(1e-6));
        const auto other = lpntk::gradient_check(pooled, test::random_rows<double>(1, 36, seed).row(0).transpose());
        INFO(other.describe());
        CHECK(other.passed(1e-6));
    }
}

template <class Network>
void check_logits_alone(const Network& net) {
    const matrix<double> x = test::random_rows<double>(131, net.inputs(), 9);
    const matrix<double> all = net.logits(x, 1);
    for (const int threads : {2, 3, 8}) CHECK(net.logits(x, threads) == all);
    for (const index_t i : {0, 63, 64, 130}) {
        vector<double> z(3);
        net.logits(x.row(i).transpose(), z);
        CHECK(z == all.row(i).transpose());
    }
    matrix<double> wide(x.rows(), x.cols() + 5);  // rows apart from each other
    wide.leftCols(x.cols()) = x;
    CHECK(net.logits(wide.leftCols(x.cols())) == all);
    CHECK(net.logits(x.topRows(0)).rows() == 0);
}

TEST_CASE("logits do not depend on the batch they come in, nor on threads") {
    check_logits_alone(mixed_network());
    check_logits_alone(fully_convolutional());
    check_logits_alone(nested());
}

TEST_CASE("the last layer's features are what it multiplies, whatever that layer is") {
    const auto net = mixed_network();
    const matrix<double> x = test::random_rows<double>(70, net.inputs(), 9);
    const matrix<double> h = net.last_layer_features(x);
    const Eigen::Map<const matrix<double>> w(net.weights().data() + net.parameters() - 15, 5, 3);
    REQUIRE(h.cols() == 4);
    CHECK(test::worst_difference((h * w.topRows(4)).rowwise() + w.row(4), net.logits(x)) < 1e-14);

    const auto pooled = fully_convolutional();
    const matrix<double> images = test::random_rows<double>(70, 36, 5);
    CHECK(pooled.last_layer_features(images) == pooled.logits(images));                        // flatten is the last
    const auto squared = nn::make_sequential<double>({6, 6, 1}, nn::scale(2), nn::scale(-1));  // none is kept
    CHECK(squared.last_layer_features(images) == 2 * images);
    CHECK(nn::make_sequential<double>({6, 6, 1}, nn::linear(3)).last_layer_features(images) == images);
    CHECK(nn::network<double, nn::linear>({6, 6, 1}, nn::linear(3)).last_layer_features(images) == images);
    CHECK(pooled.last_layer_features(images.topRows(0)).cols() == 3);
}

TEST_CASE("the batch may be gone before the backward pass") {
    const auto net = mixed_network();
    matrix<double> x = test::random_rows<double>(3, net.inputs(), 9);
    const auto features = [&](bool spoil) {
        matrix<double> all(3, net.parameters());
        decltype(net)::workspace buffers;
        const auto cotangents = [&](lpntk::matrix_view<double>, lpntk::matrix_span<double> u) {
            u.setOnes();
            if (spoil) x.setConstant(1e9);
        };
        net.parts(buffers, x, cotangents, lpntk::flat_parts<double>(net.part_layouts(), all));
        return all;
    };
    const matrix<double> whole = features(false);
    CHECK(features(true) == whole);
}

TEST_CASE("a copy of a network keeps its weights") {
    auto net = mixed_network();
    const auto saved = net;
    net.mutable_weights().setZero();
    CHECK(saved.weights().norm() > 1);
    net.set_weights(saved.weights());
    CHECK(net.weights() == saved.weights());
}

TEST_CASE("parts are named and laid out in the order of the weights") {
    const auto net = mixed_network();
    const auto& parts = net.part_layouts();
    REQUIRE(parts.size() == 4);
    CHECK(parts[0].name == "conv2d 1");
    CHECK(parts[2].name == "linear 6");
    CHECK(parts[0].positions == 9);
    CHECK(net.parameters() == (18 + 1) * 5 + (45 + 1) * 6 + (6 + 1) * 4 + (4 + 1) * 3);
}

TEST_CASE("parts of nested layers are named by their path") {
    std::vector<std::string> names;
    const auto net = nested();
    for (const auto& part : net.part_layouts()) names.push_back(part.name);
    CHECK(names == std::vector<std::string>{"conv2d 1.2", "conv2d 2.shortcut", "linear 3.1", "linear 4.1", "linear 5"});
    CHECK_FALSE(net.part_layouts()[0].bias);
    CHECK(nn::network<double, nn::linear>({1, 1, 3}, nn::linear(2)).part_layouts()[0].name == "linear");
}

TEST_CASE("what does not fit a network is refused with its size") {
    auto net = mixed_network();
    vector<double> x = vector<double>::Zero(98), z(3), g(net.parameters());
    const auto says = [](const std::string& what, auto&& call) {
        CHECK(test::says(test::message_of<lpntk::argument_error>(call), what));
    };
    says("numbers in a sample is 97, must be 98", [&] { net.logits(x.head(97), z); });
    says("numbers in a sample is 5, must be 98", [&] { net.logits(matrix<double>::Zero(2, 5)); });
    says("length is 7", [&] { net.set_weights(vector<double>::Zero(7)); });
    says("length of the cotangent is 2, must be 3", [&] { net.pullback(x, vector<double>::Zero(2), g); });
    says("length of z is 2, must be 3", [&] { net.logits(x, z.head(2)); });
    says("length of g is 5, must be ", [&] { net.pullback(x, vector<double>::Zero(3), g.head(5)); });
    says("output of the body is 5 x 5 x 3, must be that of the shortcut, 5 x 5 x 2", [] {
        nn::make_sequential<double>({5, 5, 2}, nn::relu(), nn::residual(nn::conv2d({.outputs = 3, .padding = 1})));
    });
    says("kernel is 3", [] { nn::make_sequential<double>({2, 9, 1}, nn::conv2d({.outputs = 1})); });
}
