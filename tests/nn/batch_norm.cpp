#include <lpntk/nn/layers/batch_norm.hpp>

#include <filesystem>
#include <limits>

#include <lpntk/io/npy.hpp>
#include <lpntk/model/gradient_check.hpp>
#include <lpntk/nn/resnet.hpp>
#include <lpntk/nn/train_best.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

// Layer by layer against PyTorch: networks.cpp and batch_gradient.cpp, the network norm_resnet.
namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

template <class T>
auto norm_resnet(std::uint64_t seed) {
    return nn::resnet<T, 1, nn::normalisation::batch>({6, 6, 2}, {3, 4}, 3, seed);
}

/// Weights and statistics away from their start, variances positive.
template <class Network>
void shake(Network& net, std::uint64_t seed) {
    lpntk::random_stream random(seed);
    auto state = net.state();
    for (auto& number : state) number += static_cast<typename Network::scalar>(0.4 * random.uniform());
    net.set_state(state);
}

template <class T>
lpntk::dataset<T> three_patterns(index_t samples) {
    lpntk::dataset<T> data{test::random_rows<T>(samples, 72, 5), {}, 3, {6, 6, 2}};
    const matrix<T> patterns = test::random_rows<T>(3, 72, 6);
    for (index_t i = 0; i < samples; ++i) {
        data.labels.push_back(static_cast<int>(i % 3));
        data.inputs.row(i) += 2 * patterns.row(i % 3);
    }
    return data;
}

}  // namespace

TEST_CASE("frozen batch normalisation is the affine map of its statistics") {
    auto net = nn::make_sequential<double>({1, 2, 2}, nn::batch_norm({.momentum = 0.1, .epsilon = 0.5}));
    CHECK(net.weights() == (vector<double>(4) << 1, 1, 0, 0).finished());
    CHECK(net.statistics() == (vector<double>(4) << 0, 0, 1, 1).finished());
    net.set_state((vector<double>(8) << 2, 3, 10, 20, 1, -1, 3.5, 8.5).finished());  // scale, shift, mean, variance
    const matrix<double> x = (matrix<double>(1, 4) << 1, 1, 3, -1).finished();
    CHECK(test::worst_difference(net.logits(x), (matrix<double>(1, 4) << 10, 22, 12, 20).finished()) < 1e-15);
}

TEST_CASE("Jacobians, features and tangents of a network with batch normalisation are central differences") {
    for (const std::uint64_t seed : {1U, 2U}) {
        auto net = norm_resnet<double>(seed);
        shake(net, seed);
        const auto x = test::random_rows<double>(1, net.inputs(), seed);
        const auto report = lpntk::gradient_check(net, x.row(0).transpose());
        INFO(report.describe());
        CHECK(report.passed(1e-4));
        const vector<double> direction = test::random_rows<double>(1, net.parameters(), 9).row(0).transpose();
        matrix<double> jacobian(3, net.parameters()), logits(1, 3), changes(1, 3);
        net.jacobian(x.row(0).transpose(), jacobian);
        net.pushforward(x, direction, logits, changes);
        CHECK(test::worst_difference(changes.transpose(), jacobian * direction) < 1e-12);
    }
}

TEST_CASE("the gradient of training goes through the statistics of each piece: differences of the loss") {
    auto net = norm_resnet<double>(3);
    shake(net, 4);
    const auto data = three_patterns<double>(33);  // three pieces
    nn::batch_gradient<decltype(net)> gradient;
    const auto loss = [&] {
        gradient.compute(net, data.inputs, data.labels, 2, 1);
        return gradient.losses().mean();
    };
    loss();
    const vector<double> found = gradient.gradient();
    const double step = 1e-6;
    for (index_t p = 0; p < net.parameters(); p += 13) {
        const double kept = net.weights()[p];
        net.mutable_weights()[p] = kept + step;
        const double up = loss();
        net.mutable_weights()[p] = kept - step;
        const double down = loss();
        net.mutable_weights()[p] = kept;
        CHECK(std::abs((up - down) / (2 * step) - found[p]) < 1e-6 * found.cwiseAbs().maxCoeff());
    }
}

TEST_CASE("running statistics follow the mean over the pieces, and only while training") {
    auto net = nn::make_sequential<double>({2, 2, 3}, nn::batch_norm({.momentum = 0.25}), nn::linear(2));
    const vector<double> before = net.statistics();
    const matrix<double> x = test::random_rows<double>(32, 12, 1);
    const std::vector<int> labels(32, 0);
    nn::batch_gradient<decltype(net)> gradient;
    gradient.compute(net, x, labels, 2);
    gradient.update_statistics(net);
    CHECK(net.statistics() == before);
    gradient.compute(net, x, labels, 2, 1);
    gradient.update_statistics(net);
    vector<double> seen = vector<double>::Zero(6);
    for (const index_t first : {0, 16}) {
        for (index_t c = 0; c < 3; ++c) {
            vector<double> numbers(64);
            for (index_t i = 0; i < 64; ++i) numbers[i] = x(first + i / 4, 3 * (i % 4) + c);
            seen[c] += numbers.mean() / 2;
            seen[3 + c] += (numbers.array() - numbers.mean()).square().sum() / 63 / 2;
        }
    }
    CHECK(test::worst_difference(net.statistics(), 0.75 * before + 0.25 * seen) < 1e-14);
}

TEST_CASE("a network with batch normalisation learns, with the same bits for any number of threads") {
    const auto data = three_patterns<float>(50);
    const auto trained = [&](int threads) {
        auto net = norm_resnet<float>(2);
        nn::train(net, data, {.epochs = 20, .batch = 25, .threads = threads});
        return net;
    };
    const auto net = trained(1);
    CHECK(nn::accuracy(net, data) == 1.0);
    CHECK(net.state() == trained(2).state());
    CHECK(net.state() == trained(3).state());
}

TEST_CASE("weights and statistics are kept together: files, the best epoch, a new start") {
    const auto data = three_patterns<float>(30);
    auto net = norm_resnet<float>(2);
    const vector<float> start = net.state();
    std::vector<vector<float>> after;
    nn::train_options<float> how{.epochs = 3, .learning_rate = 0.01F, .batch = 10};
    how.after_step = [&](const auto& step) {
        if (step.epoch_ends) after.push_back(net.state());
    };
    const auto best = nn::train_best(net, data, three_patterns<float>(20), how);
    CHECK(net.state() == after[static_cast<std::size_t>(best.epoch)]);

    const test::temporary_folder folder;
    lpntk::io::write_npy(folder / "net.npy", net.state());
    auto again = norm_resnet<float>(7);
    again.set_state(lpntk::io::read_npy_vector<float>(folder / "net.npy"));
    CHECK(again.logits(data.inputs) == net.logits(data.inputs));
    CHECK(again.last_layer_features(data.inputs) == net.last_layer_features(data.inputs));

    nn::initialise(net, nn::initialisation::he, 2);
    CHECK(net.state() == start);
}

TEST_CASE("batch normalisation refuses what it cannot do") {
    using lpntk::argument_error;
    CHECK(test::says(test::message_of<argument_error>([] { nn::batch_norm({.momentum = 1.5}); }),
                     "batch_norm: momentum is 1.5"));
    CHECK_THROWS_AS(nn::batch_norm({.epsilon = 1e-50}), argument_error);  // 0 in float
    CHECK(test::says(test::message_of<argument_error>([] { nn::batch_norm({.epsilon = 0}); }),
                     "batch_norm: epsilon is 0"));
    auto net = nn::make_sequential<float>({1, 1, 4}, nn::batch_norm(), nn::linear(2));
    CHECK(
        test::says(test::message_of<argument_error>([&] { net.set_state(vector<float>(18)); }), "network::set_state"));
    CHECK(test::says(test::message_of<argument_error>([&] { net.set_statistics(vector<float>(9)); }),
                     "network::set_statistics"));
    nn::batch_gradient<decltype(net)> gradient;
    const auto train_on = [&](index_t samples) {
        gradient.compute(net, test::random_rows<float>(samples, 4, 1),
                         std::vector<int>(static_cast<std::size_t>(samples), 0), 2, 1);
    };
    CHECK(test::says(test::message_of<argument_error>([&] { train_on(1); }), "numbers of a channel"));
    CHECK_NOTHROW(train_on(2));
    CHECK_NOTHROW(train_on(17));  // two pieces of 8 and 9, no single sample left
    for (const float variance : {-1.0F, std::numeric_limits<float>::quiet_NaN()}) {
        net.set_statistics((vector<float>(8) << 0, 0, 0, 0, 1, 1, variance, 1).finished());
        CHECK(test::says(test::message_of<argument_error>([&] { net.logits(test::random_rows<float>(2, 4, 1)); }),
                         "running variance"));
    }
}
