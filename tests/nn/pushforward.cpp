#include <lpntk/nn/network.hpp>

#include <lpntk/nn/initialise.hpp>
#include <lpntk/nn/layers/average_pool.hpp>
#include <lpntk/nn/zoo.hpp>

#include "support/catch.hpp"
#include "support/golden_networks.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;
using test::random_rows;

namespace {

template <class T>
struct moving_logits {
    matrix<T> logits, changes;
};

template <class T, class Network>
moving_logits<T> pushforward(const Network& net, const matrix<T>& inputs, const vector<T>& direction, int threads = 0) {
    moving_logits<T> found{matrix<T>::Constant(inputs.rows(), net.outputs(), T(7)),
                           matrix<T>::Constant(inputs.rows(), net.outputs(), T(7))};
    net.pushforward(inputs, direction, found.logits, found.changes, threads);
    return found;
}

/// Largest |tangent - J w'| of the batch, relative to the largest |J w'|.
template <class Network>
double worst_error(const Network& net, index_t samples) {
    using T = typename Network::scalar;
    const matrix<T> inputs = random_rows<T>(samples, net.inputs(), 5);
    const vector<T> direction = random_rows<T>(1, net.parameters(), 6).row(0).transpose();
    const auto found = pushforward<T>(net, inputs, direction);
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
    auto images =
        nn::make_sequential<double>({9, 8, 2}, nn::conv2d({.outputs = 5, .padding = 1}), nn::tanh(), nn::max_pool(2),
                                    nn::dropout(0.5), nn::conv2d({.outputs = 3, .kernel = 2, .stride = 2}), nn::relu(),
                                    nn::flatten(), nn::scale(0.7), nn::linear(7), nn::gelu(), nn::linear(4));
    nn::initialise(images, nn::initialisation::ntk, 3);
    CHECK(worst_error(images, 19) < 1e-12);

    auto pooled = nn::make_sequential<double>({8, 8, 1}, nn::average_pool(2), nn::conv2d({.outputs = 4}),
                                              nn::average_pool(2), nn::linear(3));
    nn::initialise(pooled, nn::initialisation::ntk, 4);
    CHECK(worst_error(pooled, 2) < 1e-12);

    CHECK(worst_error(nn::ntk_mlp<double>({6, 5, 4, 3}, 1), 3) < 1e-12);
    CHECK(worst_error(nn::mlp<float>({20, 33, 10}, 1), 40) < 1e-5);
}

TEST_CASE("a tangent goes through blocks, nested, with and without bias") {
    CHECK(worst_error(test::golden_resnet<double>(), 19) < 1e-12);
    CHECK(worst_error(test::golden_resnet<float>(), 19) < 1e-5);
    auto flat =
        nn::make_sequential<double>({1, 1, 5}, nn::residual(nn::chain(nn::gelu(), nn::tanh())),  // does not move
                                    nn::residual(nn::tanh(), nn::linear({.outputs = 5, .bias = false})),
                                    nn::residual(nn::linear(5)), nn::linear(3));
    nn::initialise(flat, nn::initialisation::lecun, 3);
    CHECK(worst_error(flat, 40) < 1e-12);
}

TEST_CASE("without weights nothing moves") {
    const auto net = nn::make_sequential<double>({2, 2, 3}, nn::tanh(), nn::global_average_pool());
    const matrix<double> inputs = random_rows<double>(20, 12, 1);
    const auto found = pushforward<double>(net, inputs, {});
    CHECK(found.logits == net.logits(inputs));
    CHECK(found.changes == matrix<double>::Zero(20, 3));
}

TEST_CASE("tangents have the same bits for any number of threads, and check their arguments") {
    const auto net = nn::mlp<float>({6, 9, 3}, 2);
    const matrix<float> inputs = random_rows<float>(50, 6, 1);
    const vector<float> direction = random_rows<float>(1, net.parameters(), 2).row(0).transpose();
    const auto one = pushforward<float>(net, inputs, direction, 1);
    for (const int threads : {2, 3, 8})
        CHECK(pushforward<float>(net, inputs, direction, threads).changes == one.changes);
    const auto says = [&](const std::string& what, index_t length, index_t rows, index_t columns) {
        matrix<float> z(50, 3), changes(rows, columns);
        const auto call = [&] { net.pushforward(inputs, direction.head(length), z, changes); };
        CHECK(test::says(test::message_of<lpntk::argument_error>(call), "network::pushforward: " + what));
    };
    says("length of the direction is 3, must be 93", 3, 50, 3);
    says("size of changes is 49 x 3, must be 50 x 3", 93, 49, 3);
    says("size of changes is 50 x 4, must be 50 x 3", 93, 50, 4);
}
