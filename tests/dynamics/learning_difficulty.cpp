#include <lpntk/dynamics/learning_difficulty.hpp>

#include <functional>

#include <lpntk/nn/train.hpp>
#include <lpntk/nn/zoo.hpp>

#include "support/catch.hpp"
#include "support/clouds.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

TEST_CASE("learning difficulty sums the losses that training meets") {
    const auto data = test::clouds(7, 1);
    const auto start = nn::mlp<double>({4, 5, 3}, 2);
    auto net = start;
    lpntk::learning_difficulty entropy(data.labels), norm(data.labels, lpntk::difficulty_measure::error_norm);
    vector<double> sum = vector<double>::Zero(21);
    nn::train(net, data, {.epochs = 3, .batch = 4, .after_step = [&](const auto& step) {
                              entropy(step);
                              norm(step);
                              for (std::size_t i = 0; i < step.batch.size(); ++i)
                                  sum[step.batch[i]] += step.losses[static_cast<index_t>(i)];
                          }});
    for (index_t i = 0; i < 21; ++i) CHECK(std::abs(entropy.values()[static_cast<std::size_t>(i)] - sum[i]) < 1e-12);
    CHECK(norm.values() != entropy.values());

    // One epoch in one batch: the difficulty is the loss of the untrained network.
    net = start;
    lpntk::learning_difficulty first(data.labels), evaluated(data.labels),
        distance(data.labels, lpntk::difficulty_measure::error_norm);
    nn::train(net, data, {.epochs = 1, .batch = 21, .after_step = std::ref(first)});
    evaluated.add_epoch<double>(start.logits(data.inputs));
    distance.add_epoch<double>(start.logits(data.inputs));
    for (std::size_t i = 0; i < 21; ++i) {
        const vector<double> z = start.logits(data.inputs).row(static_cast<index_t>(i)).transpose();
        CHECK(std::abs(first.values()[i] - lpntk::cross_entropy<double>(z, data.labels[i])) < 1e-12);
        CHECK(std::abs(evaluated.values()[i] - first.values()[i]) < 1e-12);
        CHECK(std::abs(distance.values()[i] - lpntk::error_norm<double>(z, data.labels[i])) < 1e-12);
    }
    CHECK_THROWS_AS(evaluated.add_epoch<double>(matrix<double>(3, 3)), lpntk::argument_error);
}

TEST_CASE("learning difficulty refuses labels without a logit and samples without a label") {
    const matrix<double> logits = matrix<double>::Zero(2, 3);
    for (const int bad : {-1, 3}) {
        lpntk::learning_difficulty difficulty({0, bad});
        const auto add = [&] { difficulty.add_epoch<double>(logits); };
        const std::string message = test::message_of<lpntk::argument_error>(add);
        INFO(message);
        CHECK(message.find("labels[1] is " + std::to_string(bad) + ", must be in [0, 3)") != std::string::npos);
        CHECK_THROWS_AS(lpntk::loss_of<double>(vector<double>::Zero(3), bad, lpntk::difficulty_measure::error_norm),
                        lpntk::argument_error);
    }
    auto net = nn::mlp<double>({4, 5, 3}, 2);
    lpntk::learning_difficulty short_of_labels(std::vector<int>(20, 0));
    CHECK_THROWS_AS(nn::train(net, test::clouds(7, 1), {.epochs = 1, .after_step = std::ref(short_of_labels)}),
                    lpntk::argument_error);
}

TEST_CASE("learning difficulty refuses logits that are not finite, and labels of another set") {
    matrix<double> logits = matrix<double>::Zero(2, 3);
    logits(1, 2) = std::numeric_limits<double>::infinity();
    lpntk::learning_difficulty difficulty({0, 1});
    CHECK_THROWS_WITH(difficulty.add_epoch<double>(logits),
                      "learning_difficulty: logits of sample 1 hold NaN or infinity");
    auto net = nn::mlp<double>({4, 5, 3}, 2);
    lpntk::learning_difficulty of_more(std::vector<int>(22, 0));
    CHECK_THROWS_WITH(nn::train(net, test::clouds(7, 1), {.epochs = 1, .after_step = std::ref(of_more)}),
                      "learning_difficulty: number of labels is 22, must be that of the training samples, 21");
}
