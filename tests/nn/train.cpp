#include <lpntk/nn/train.hpp>

#include <algorithm>
#include <limits>
#include <string>

#include <lpntk/nn/train_best.hpp>
#include <lpntk/nn/zoo.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::dataset, lpntk::index_t, lpntk::matrix, lpntk::vector;
using options = nn::train_options<float>;

namespace {

/// `samples` points around three corners, far apart for their spread.
dataset<float> easy_set(index_t samples, std::uint64_t seed) {
    dataset<float> data{test::random_rows<float>(samples, 18, seed), {}, 3, {3, 3, 2}};
    for (index_t i = 0; i < samples; ++i) {
        data.labels.push_back(static_cast<int>(i % 3));
        data.inputs.row(i).segment(i % 3 * 6, 6).array() += 3.0F;
    }
    return data;
}

auto perceptron(std::uint64_t seed) { return nn::mlp<float>({18, 20, 3}, seed); }
using perceptron_type = decltype(perceptron(0));

auto convolutional() {
    auto net = nn::make_sequential<float>({3, 3, 2}, nn::conv2d({.outputs = 5, .padding = 1}), nn::relu(),
                                          nn::dropout(0.25), nn::conv2d({.outputs = 4, .kernel = 2}), nn::relu(),
                                          nn::linear(9), nn::dropout(0.5), nn::linear(3));
    nn::initialise(net, nn::initialisation::he, 1);
    return net;
}

float mean_loss(const perceptron_type& net, const dataset<float>& data) {
    nn::batch_gradient<perceptron_type> gradient;
    gradient.compute(net, data.inputs, data.labels, 1);
    return gradient.losses().mean();
}

vector<float> trained(const dataset<float>& data, const options& how) {
    auto net = perceptron(1);
    nn::train(net, data, how);
    return net.weights();
}

/// The message of training with one thing wrong.
template <class Error>
std::string refusal(const dataset<float>& data, const options& how = {}) {
    return test::message_of<Error>([&] { trained(data, how); });
}

}  // namespace

TEST_CASE("training learns what is easy, and generalises") {
    const auto data = easy_set(300, 1), fresh = easy_set(300, 2);
    auto net = perceptron(1);
    const float before = mean_loss(net, data);
    nn::train(net, data, {.epochs = 10, .batch = 32});
    CHECK(mean_loss(net, data) < 0.1F * before);
    CHECK(nn::accuracy(net, data) > 0.99);
    CHECK(nn::accuracy(net, fresh) > 0.97);
}

TEST_CASE("trained weights have the same bits for any number of threads, with dropout") {
    const auto data = easy_set(50, 1);
    const auto run = [&](int threads) {
        auto net = convolutional();
        nn::train(net, data, {.epochs = 2, .batch = 40, .seed = 5, .threads = threads});
        return net.weights();
    };
    const vector<float> one = run(1);
    REQUIRE(one.allFinite());
    REQUIRE(one != convolutional().weights());
    for (const int threads : {2, 3, 8}) CHECK(run(threads) == one);
}

TEST_CASE("a seed names the order of the samples") {
    const auto data = easy_set(50, 1);
    CHECK(trained(data, {.epochs = 1, .batch = 20, .seed = 1}) == trained(data, {.epochs = 1, .batch = 20, .seed = 1}));
    CHECK(trained(data, {.epochs = 1, .batch = 20, .seed = 1}) != trained(data, {.epochs = 1, .batch = 20, .seed = 2}));
    CHECK(trained(data, {.epochs = 0}) == perceptron(1).weights());
}

TEST_CASE("each epoch goes over every sample once, in another order, the rest as a smaller batch") {
    const auto data = easy_set(50, 1);
    std::vector<std::vector<index_t>> epochs(3);
    std::vector<std::size_t> sizes;
    options how{.epochs = 3, .learning_rate = 0.1F, .batch = 20, .rate_by_epoch = nn::step_decay(0.5, 1)};
    index_t reported = -1, total = 0;
    how.report = [&](auto done, auto of) { reported = static_cast<index_t>(done), total = static_cast<index_t>(of); };
    how.after_step = [&](const lpntk::train_step<float>& step) {
        auto& epoch = epochs[static_cast<std::size_t>(step.epoch)];
        epoch.insert(epoch.end(), step.batch.begin(), step.batch.end());
        sizes.push_back(step.batch.size());
        CHECK(step.logits.rows() == static_cast<index_t>(step.batch.size()));
        CHECK(step.losses.size() == step.logits.rows());
        CHECK(step.gradient.size() == perceptron(1).parameters());
        CHECK(step.epoch_ends == (epoch.size() == 50));
        CHECK(step.step == static_cast<index_t>(sizes.size()) - 1);
        CHECK(std::abs(step.learning_rate - 0.1F * static_cast<float>(std::pow(0.5, step.epoch))) < 1e-7F);
    };
    trained(data, how);
    CHECK(sizes == std::vector<std::size_t>{20, 20, 10, 20, 20, 10, 20, 20, 10});
    CHECK(epochs[0] != epochs[1]);
    for (auto& epoch : epochs) {
        std::sort(epoch.begin(), epoch.end());
        REQUIRE(epoch.size() == 50);
        for (std::size_t i = 0; i < 50; ++i) CHECK(epoch[i] == static_cast<index_t>(i));
    }
    CHECK(reported == 9);
    CHECK(total == 9);
}

TEST_CASE("a batch larger than the set is the set; one sample, and batches of one, train too") {
    const auto data = easy_set(50, 1);
    CHECK(trained(data, {.epochs = 2, .batch = 5000}) == trained(data, {.epochs = 2, .batch = 50}));
    CHECK(trained(easy_set(1, 1), {.epochs = 2}).allFinite());
    CHECK(trained(easy_set(5, 1), {.epochs = 1, .batch = 1}).allFinite());
}

TEST_CASE("train_best leaves the weights of the best epoch, the first of equal ones") {
    const auto data = easy_set(90, 1), validation = easy_set(60, 2);
    auto net = perceptron(1);
    std::vector<double> accuracies;
    std::vector<vector<float>> weights;
    options how{.epochs = 6, .learning_rate = 0.01F, .batch = 30};
    how.after_step = [&](const lpntk::train_step<float>& step) {
        if (!step.epoch_ends) return;
        if (step.epoch == 5) net.mutable_weights().tail(21 * 3) *= -1;  // spoils the last: logits change their sign
        accuracies.push_back(nn::accuracy(net, validation));
        weights.push_back(net.weights());
    };
    const nn::best_epoch best = nn::train_best(net, data, validation, how);
    const auto first = std::max_element(accuracies.begin(), accuracies.end());
    REQUIRE(accuracies.size() == 6);
    CHECK(best.validation_accuracy == *first);
    CHECK(best.epoch == first - accuracies.begin());
    CHECK(net.weights() == weights[static_cast<std::size_t>(best.epoch)]);
    CHECK(accuracies.back() < *first);  // so that the last epoch is not it
    CHECK(nn::accuracy(net, validation) == best.validation_accuracy);
}

TEST_CASE("train_best refuses to choose among no epochs") {
    auto net = perceptron(1);
    const auto data = easy_set(20, 1);
    CHECK_THROWS_WITH(nn::train_best(net, data, data, {.epochs = 0}), "train_best: epochs is 0, must be >= 1");
    CHECK(nn::train_best(net, data, data, {.epochs = 1}).epoch == 0);
}

TEST_CASE("bad data and options are refused by name, and leave the weights alone") {
    using lpntk::argument_error, lpntk::numeric_error;
    const auto with = [](auto&& change) {
        auto data = easy_set(20, 1);
        change(data);
        return data;
    };
    CHECK(test::says(refusal<argument_error>(with([](auto& d) { d.labels[7] = 3; })),
                     "train: labels[7] is 3, must be in [0, 3)"));
    CHECK(test::says(refusal<argument_error>(with([](auto& d) { d.labels[7] = -1; })), "labels[7] is -1"));
    CHECK(test::says(refusal<argument_error>(with([](auto& d) { d.labels.pop_back(); })), "number of labels is 19"));
    CHECK(test::says(refusal<argument_error>(with([](auto& d) { d.classes = 4; })), "classes of the data is 4"));
    CHECK(test::says(refusal<argument_error>(with([](auto& d) { d.shape = {2, 2, 2}; })), "numbers in a sample is 18"));
    CHECK(test::says(refusal<argument_error>(easy_set(0, 1)), "number of samples is 0"));
    CHECK(
        test::says(refusal<numeric_error>(with([](auto& d) { d.inputs(4, 2) = std::nanf(""); })), "input of sample 4"));
    CHECK(test::says(
        refusal<numeric_error>(with([](auto& d) { d.inputs(4, 2) = std::numeric_limits<float>::infinity(); })),
        "sample 4"));
    const auto data = easy_set(20, 1);
    CHECK(test::says(refusal<argument_error>(data, {.batch = 0}), "batch is 0"));
    CHECK(test::says(refusal<argument_error>(data, {.epochs = -1}), "epochs is -1"));
    CHECK(test::says(refusal<argument_error>(data, {.learning_rate = std::nanf("")}), "learning_rate is nan"));
    CHECK(test::says(refusal<argument_error>(data, {.threads = -2}), "threads is -2"));

    auto net = perceptron(1);
    auto wide = easy_set(20, 1);
    wide.inputs.resize(20, 19);
    wide.inputs.setZero();
    wide.shape = {1, 1, 19};
    CHECK_THROWS_AS(nn::train(net, wide), argument_error);
    CHECK_THROWS_AS(nn::accuracy(net, wide), argument_error);
    CHECK_THROWS_AS(nn::accuracy(net, easy_set(0, 1)), argument_error);
    CHECK(net.weights() == perceptron(1).weights());
}

TEST_CASE("a loss that is no longer finite stops training and says where") {
    const auto data = easy_set(60, 1);
    CHECK(test::says(refusal<lpntk::numeric_error>(data, {.learning_rate = 1e30F, .batch = 20}),
                     "the loss is not finite in step "));
    CHECK(test::says(
        refusal<lpntk::numeric_error>(data, {.epochs = 1, .learning_rate = 1e30F, .batch = 30, .momentum = 0}),
        "step 1, epoch 0"));
}
