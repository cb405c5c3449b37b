#include <lpntk/nn/zoo.hpp>

#include <cmath>
#include <vector>

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

/// Images with the contrast of scaled MNIST: a blob of bright pixels on a background of -0.42.
matrix<float> images(index_t samples) {
    matrix<float> x = matrix<float>::Constant(samples, 28 * 28, -0.4242F);
    lpntk::random_stream draw(5);
    for (index_t n = 0; n < samples; ++n)
        for (int dot = 0; dot < 9; ++dot) {
            const index_t row = 4 + draw.below(18), column = 4 + draw.below(18);
            for (index_t at : {0, 1, 28, 29}) x(n, row * 28 + column + at) = static_cast<float>(draw.uniform(1.0, 2.8));
        }
    return x;
}

double variance(const Eigen::Ref<const vector<double>>& values) {
    return values.squaredNorm() / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("LeNet has the paper's 1,199,882 weights in four parts") {
    const auto net = nn::lenet<float>(1);
    CHECK(net.parameters() == 1'199'882);
    CHECK(net.weights().size() == 1'199'882);
    CHECK(net.inputs() == 784);
    CHECK(net.outputs() == 10);
    REQUIRE(net.part_layouts().size() == 4);
    CHECK(net.part_layouts()[1].positions == 24 * 24);
    CHECK(net.part_layouts()[2].inputs == 9216);
}

TEST_CASE("lpNTK of LeNet in float is that of explicit features in double") {
    constexpr index_t samples = 8;
    const auto net = nn::lenet<float>(1);
    auto reference = nn::lenet<double>(2);
    reference.set_weights(net.weights().cast<double>());
    const matrix<float> x = images(samples);
    const std::vector<int> labels{0, 1, 2, 3, 3, 9, 0, 5};
    matrix<double> phi(samples, net.parameters());
    for (index_t i = 0; i < samples; ++i) {
        vector<double> u(10);
        lpntk::label_signs{}(labels[static_cast<std::size_t>(i)], lpntk::vector_span<double>(u));
        reference.pullback(x.row(i).cast<double>().transpose(), u,
                           Eigen::Map<vector<double>>(phi.row(i).data(), phi.cols()));
    }
    const matrix<double> expected = phi * phi.transpose();
    const auto found =
        lpntk::gram(lpntk::tangent_features(net, lpntk::matrix_view<float>(x), labels, lpntk::label_signs{}));
    REQUIRE(expected.diagonal().maxCoeff() == expected.cwiseAbs().maxCoeff());
    CHECK(test::worst_difference(found.dense(), expected) < 1e-5);  // the issue asks for 1e-4
}

TEST_CASE("mlp has the shapes it is given") {
    const auto net = nn::mlp<double, nn::tanh>({400, 300, 10}, 3, nn::initialisation::lecun);
    CHECK(net.inputs() == 400);
    CHECK(net.outputs() == 10);
    CHECK(net.parameters() == 401 * 300 + 301 * 10);
    REQUIRE(net.part_layouts().size() == 2);
    CHECK(net.part_layouts()[0].inputs == 400);
    CHECK(net.part_layouts()[0].bias);
    const auto softmax_regression = nn::mlp<double>({6, 3}, 3);
    CHECK(softmax_regression.parameters() == 21);
}

TEST_CASE("initial weights have the variance of their scheme by fan-in, and no bias") {
    auto net = nn::mlp<double>({400, 300, 10}, 3);
    const auto first = [&] { return variance(net.weights().head(400 * 300)); };
    const auto second = [&] { return variance(net.weights().segment(401 * 300, 300 * 10)); };
    CHECK(std::abs(first() * 400 / 2 - 1) < 0.02);  // five deviations of the estimate
    CHECK(std::abs(second() * 300 / 2 - 1) < 0.13);
    CHECK(net.weights().segment(400 * 300, 300).isZero(0));
    CHECK(net.weights().tail(10).isZero(0));
    CHECK(std::abs(net.weights().mean()) < 0.001);
    nn::initialise(net, nn::initialisation::lecun, 3);
    CHECK(std::abs(first() * 400 - 1) < 0.02);
    nn::initialise(net, nn::initialisation::ntk, 3);
    CHECK(std::abs(first() - 1) < 0.02);
    CHECK(std::abs(variance(net.weights().segment(400 * 300, 300)) - 1) < 0.41);  // biases, too
}

TEST_CASE("a seed names the weights, in float and in double") {
    const auto net = nn::mlp<double>({40, 30, 10}, 7);
    CHECK(nn::mlp<double>({40, 30, 10}, 7).weights() == net.weights());
    CHECK(nn::mlp<double>({40, 30, 10}, 8).weights() != net.weights());
    CHECK(nn::mlp<float>({40, 30, 10}, 7).weights() == net.weights().cast<float>());
    CHECK(net.weights().segment(0, 30) != net.weights().segment(41 * 30, 30) * std::sqrt(30.0 / 40.0));
}

TEST_CASE("logits of the NTK parametrisation keep their variance whatever the width") {
    // E z^2 of a layer is E relu(z)^2 of the one before, half of E z^2, and 1 of the bias: 2 is a fixed point.
    const auto mean_square = [](auto make) {
        double sum = 0;
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            const auto net = make(seed);
            vector<double> z(50);
            net.logits(vector<double>::Ones(net.inputs()), z);
            sum += variance(z) / 40;
        }
        return sum;
    };
    CHECK(std::abs(mean_square([](auto seed) { return nn::ntk_mlp<double>({20, 100, 100, 50}, seed); }) - 2) < 0.35);
    CHECK(std::abs(mean_square([](auto seed) { return nn::ntk_mlp<double>({50, 400, 100, 50}, seed); }) - 2) < 0.35);
}
