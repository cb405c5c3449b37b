#include <lpntk/nn/tangents.hpp>

#include <lpntk/nn/initialise.hpp>
#include <lpntk/nn/zoo.hpp>

#include "support/catch.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

template <class T>
matrix<T> random_rows(index_t rows, index_t columns, std::uint64_t seed) {
    lpntk::random_stream draw(seed);
    matrix<T> values(rows, columns);
    for (index_t i = 0; i < values.size(); ++i) values.data()[i] = static_cast<T>(draw.normal());
    return values;
}

/// Largest |tangent - J w'| of the batch, relative to the largest |J w'|.
template <class Network>
double worst_error(const Network& net, index_t samples) {
    using T = typename Network::scalar;
    const matrix<T> inputs = random_rows<T>(samples, net.inputs(), 5);
    const vector<T> direction = random_rows<T>(1, net.parameters(), 6).row(0).transpose();
    const auto found = nn::tangents<T>(net, inputs, direction);
    matrix<T> jacobian(net.outputs(), net.parameters()), expected(samples, net.outputs());
    for (index_t n = 0; n < samples; ++n) {
        net.jacobian(inputs.row(n).transpose(), jacobian);
        expected.row(n) = (jacobian * direction).transpose();
    }
    REQUIRE((found.logits - net.logits(inputs)).cwiseAbs().maxCoeff() == T(0));
    REQUIRE(expected.cwiseAbs().maxCoeff() > T(0.1));
    return static_cast<double>((found.changes - expected).cwiseAbs().maxCoeff() / expected.cwiseAbs().maxCoeff());
}

}  // namespace

TEST_CASE("a tangent is the explicit Jacobian times the direction, for every layer") {
    auto images = nn::make_sequential<double>(
        {9, 8, 2}, nn::conv2d({.outputs = 5, .padding = 1}), nn::tanh(), nn::max_pool(2), nn::dropout(0.5),
        nn::conv2d({.outputs = 3, .kernel = 2, .stride = 2}), nn::relu(), nn::flatten(), nn::scale(0.7), nn::linear(7),
        nn::gelu(), nn::linear(4));
    nn::initialise(images, nn::initialisation::ntk, 3);
    CHECK(worst_error(images, 19) < 1e-12);

    auto pooled = nn::make_sequential<double>({8, 8, 1}, nn::average_pool(2), nn::conv2d({.outputs = 4}), nn::average_pool(2),
                                              nn::linear(3));
    nn::initialise(pooled, nn::initialisation::ntk, 4);
    CHECK(worst_error(pooled, 2) < 1e-12);

    CHECK(worst_error(nn::ntk_mlp<double>({6, 5, 4, 3}, 1), 3) < 1e-12);
    CHECK(worst_error(nn::mlp<float>({20, 33, 10}, 1), 40) < 1e-5);
}

TEST_CASE("tangents have the same bits for any number of threads, and check their arguments") {
    const auto net = nn::mlp<float>({6, 9, 3}, 2);
    const matrix<float> inputs = random_rows<float>(50, 6, 1);
    const vector<float> direction = random_rows<float>(1, net.parameters(), 2).row(0).transpose();
    const auto one = nn::tangents<float>(net, inputs, direction, 1);
    for (const int threads : {2, 3, 8}) {
        CHECK(nn::tangents<float>(net, inputs, direction, threads).changes == one.changes);
    }
    CHECK_THROWS_AS(nn::tangents<float>(net, inputs, direction.head(3)), lpntk::argument_error);
}
