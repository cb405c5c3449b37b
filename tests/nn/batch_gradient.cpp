#include <lpntk/nn/batch_gradient.hpp>

#include <lpntk/nn/initialise.hpp>
#include <lpntk/nn/layers/dropout.hpp>
#include <lpntk/nn/sgd.hpp>

#include "support/catch.hpp"
#include "support/golden_networks.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

/// Three steps on all six samples, as PyTorch took them.
template <class Network>
void check_golden_steps(const std::string& name, Network net) {
    using T = typename Network::scalar;
    const double tolerance = sizeof(T) == sizeof(float) ? 2e-6 : 1e-14;
    INFO(name);
    const matrix<T> x = test::golden<T>("networks/" + name + "_x");
    const auto labels = test::golden_labels("networks/" + name + "_labels");
    const auto expected = test::read_golden("networks/" + name + "_trained_w");
    const auto losses = test::read_golden("networks/" + name + "_trained_loss");
    nn::sgd<T> optimiser{T(0.1), T(0.9), T(0.01), {}};
    nn::batch_gradient<Network> gradient;
    for (index_t step = 0; step < 3; ++step) {
        gradient.compute(net, x, labels, 2, 1);
        gradient.update_statistics(net);
        CHECK(std::abs(gradient.losses().mean() / losses(0, step) - 1) <= tolerance);
        optimiser.step(net.mutable_weights(), gradient.gradient(), T(1));
        CHECK(test::worst_difference(net.weights(), expected.row(step).transpose()) <= tolerance);
        if (net.statistics().size() == 0) continue;
        const auto watched = test::golden_row<double>("networks/" + name + "_trained_statistics", step);
        CHECK(test::worst_difference(net.statistics(), watched) <= tolerance);
    }
}

auto deep_network(std::uint64_t seed) {
    auto net = nn::make_sequential<double>({7, 7, 2}, nn::conv2d({.outputs = 5}), nn::relu(), nn::dropout(0.25),
                                           nn::conv2d({.outputs = 4, .kernel = 2}), nn::tanh(), nn::linear(300),
                                           nn::relu(), nn::dropout(0.5), nn::linear(3));
    nn::initialise(net, nn::initialisation::he, seed);
    return net;
}

}  // namespace

TEST_CASE("three steps of training are PyTorch's") {
    check_golden_steps("mlp", test::golden_mlp<double>());
    check_golden_steps("cnn", test::golden_cnn<double>());
    check_golden_steps("strided_cnn", test::golden_strided_cnn<double>());
    check_golden_steps("resnet", test::golden_resnet<double>());
    check_golden_steps("norm_resnet", test::golden_norm_resnet<double>());
    check_golden_steps("cnn", test::golden_cnn<float>());
}

TEST_CASE("the gradient of a batch is the mean of the pullbacks, at any size, on used buffers") {
    const auto net = deep_network(1);
    nn::batch_gradient<std::remove_const_t<decltype(net)>> gradient;
    for (const index_t size : {70, 1, 15, 16, 17, 33}) {
        const matrix<double> x = test::random_rows<double>(size, net.inputs(), 2);
        std::vector<int> labels;
        for (index_t i = 0; i < size; ++i) labels.push_back(static_cast<int>(i % 3));
        gradient.compute(net, x, labels, 2);
        CHECK(test::worst_difference(gradient.logits(), net.logits(x)) < 1e-14);
        REQUIRE(gradient.losses().size() == size);
        vector<double> expected = vector<double>::Zero(net.parameters()), g(net.parameters());
        for (index_t i = 0; i < size; ++i) {
            vector<double> u = lpntk::softmax<double>(gradient.logits().row(i).transpose());
            u[labels[static_cast<std::size_t>(i)]] -= 1;
            net.pullback(x.row(i).transpose(), u, g);
            expected += g / static_cast<double>(size);
        }
        CHECK(test::worst_difference(gradient.gradient(), expected) < 1e-13);
    }
}

TEST_CASE("the gradient of training is that of its own loss: differences with the same dropout") {
    auto net = deep_network(3);
    const matrix<double> x = test::random_rows<double>(20, net.inputs(), 4);
    std::vector<int> labels;
    for (int i = 0; i < 20; ++i) labels.push_back(i % 3);
    nn::batch_gradient<decltype(net)> gradient(0.2);  // smoothed labels
    const auto loss = [&] {
        gradient.compute(net, x, labels, 1, 99);
        return gradient.losses().mean();
    };
    loss();
    const vector<double> found = gradient.gradient();
    const double largest = found.cwiseAbs().maxCoeff(), step = 1e-6;
    for (index_t p = 0; p < net.parameters(); p += 977) {
        const double kept = net.weights()[p];
        net.mutable_weights()[p] = kept + step;
        const double up = loss();
        net.mutable_weights()[p] = kept - step;
        const double down = loss();
        net.mutable_weights()[p] = kept;
        CHECK(std::abs((up - down) / (2 * step) - found[p]) < 1e-7 * std::max(1.0, largest));
    }
    gradient.compute(net, x, labels, 1, 100);
    CHECK(gradient.gradient() != found);  // other units were dropped
    gradient.compute(net, x, labels, 1);
    CHECK(test::worst_difference(gradient.logits(), net.logits(x)) < 1e-14);  // none is without a seed
}

TEST_CASE("buffers of another network of the same type do not matter") {
    nn::batch_gradient<decltype(nn::make_sequential<double>({4, 4, 1}, nn::conv2d({.outputs = 2}), nn::linear(2)))>
        gradient;
    for (const index_t channels : {1, 3, 1}) {
        auto net = nn::make_sequential<double>({4, 4, channels}, nn::conv2d({.outputs = 2}), nn::linear(2));
        nn::initialise(net, nn::initialisation::he, 1);
        const matrix<double> x = test::random_rows<double>(1, net.inputs(), 2);
        gradient.compute(net, x, std::vector<int>{1}, 1);
        vector<double> u = lpntk::softmax<double>(gradient.logits().row(0).transpose()), g(net.parameters());
        u[1] -= 1;
        net.pullback(x.row(0).transpose(), u, g);
        CHECK(test::worst_difference(gradient.gradient(), g) < 1e-14);
    }
}

TEST_CASE("a batch that does not fit its labels or the network is refused with the number") {
    const auto net = deep_network(1);
    nn::batch_gradient<std::remove_const_t<decltype(net)>> gradient;
    const matrix<double> x = test::random_rows<double>(4, net.inputs(), 2);
    const auto says = [&](const std::string& what, index_t rows, const std::vector<int>& labels) {
        const auto compute = [&] { gradient.compute(net, x.topRows(rows), labels, 2); };
        CHECK(test::says(test::message_of<lpntk::argument_error>(compute), "batch_gradient::compute: " + what));
    };
    says("number of samples is 0, must be >= 1", 0, {});
    says("number of labels is 3, must be the number of samples, 4", 4, {0, 1, 2});
    says("labels[2] is 3, must be in [0, 3)", 4, {0, 1, 3, 2});
    says("labels[0] is -1, must be in [0, 3)", 4, {-1, 1, 2, 2});
}
