#include <lpntk/score/forgetting.hpp>

#include <algorithm>
#include <functional>
#include <limits>

#include <lpntk/nn/train.hpp>
#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"
#include "support/clouds.hpp"

namespace score = lpntk::score;
using lpntk::index_t, lpntk::matrix;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// Shows one step of training that presented these samples with these logits.
void show(score::forgetting& forgetting, const std::vector<index_t>& batch, const matrix<double>& logits) {
    const lpntk::vector<double> nothing;
    forgetting(lpntk::train_step<double>{0, 0, false, batch, logits, nothing, 0.1, nothing});
}

}  // namespace

TEST_CASE("forgetting counts right to wrong, between presentations of the same sample") {
    score::forgetting forgetting({0, 0, 0, 0});
    const auto present = [&](lpntk::index_t sample, const std::vector<bool>& right) {
        for (const bool r : right) forgetting.present(sample, r);
    };
    present(0, {true, false, true, true, false, false});
    present(1, {false, false, true, true});
    present(2, {false, false});
    CHECK(forgetting.values() ==
          std::vector<double>{2, 0, std::numeric_limits<double>::infinity(),
                              std::numeric_limits<double>::infinity()});  // 3 was never presented
}

TEST_CASE("forgetting follows a training run") {
    lpntk::dataset<double> data{models::random_matrix(30, 4, 1), {}, 3, {1, 1, 4}};
    for (int i = 0; i < 30; ++i) data.labels.push_back(i % 3);
    auto net = lpntk::nn::mlp<double>({4, 3, 3}, 1);
    score::forgetting forgetting(data.labels);
    std::vector<std::vector<bool>> history(30);
    lpntk::nn::train(net, data, {.epochs = 40, .learning_rate = 0.3, .batch = 4, .after_step = [&](const auto& step) {
                                     forgetting(step);
                                     for (std::size_t i = 0; i < step.batch.size(); ++i) {
                                         const auto sample = static_cast<std::size_t>(step.batch[i]);
                                         index_t best = 0;
                                         step.logits.row(static_cast<index_t>(i)).maxCoeff(&best);
                                         history[sample].push_back(best == data.labels[sample]);
                                     }
                                 }});
    double total = 0;
    for (std::size_t n = 0; n < 30; ++n) {
        REQUIRE(history[n].size() == 40);
        double forgotten = 0;
        for (std::size_t t = 1; t < 40; ++t) forgotten += history[n][t - 1] && !history[n][t];
        const bool learned = std::count(history[n].begin(), history[n].end(), true) > 0;
        CHECK(forgetting.values()[n] == (learned ? forgotten : std::numeric_limits<double>::infinity()));
        total += forgotten;
    }
    CHECK(total > 10);
}

TEST_CASE("forgetting takes the first of equal logits as the prediction") {
    const matrix<double> ties = matrix<double>::Zero(2, 3);
    score::forgetting forgetting({0, 1});
    show(forgetting, {0, 1}, ties);
    CHECK(forgetting.values() == std::vector<double>{0, never});
    show(forgetting, {1, 0}, (matrix<double>(2, 3) << 0, 1e4, 0, -1e4, 0, -1e4).finished());
    CHECK(forgetting.values() == std::vector<double>{1, 0});

    score::forgetting alone({0, 0});  // K = 1: always right
    show(alone, {0, 1}, matrix<double>::Zero(2, 1));
    CHECK(alone.values() == std::vector<double>{0, 0});
}

TEST_CASE("forgetting refuses samples without a label and labels without a logit") {
    const matrix<double> two = matrix<double>::Zero(2, 3);
    score::forgetting forgetting({0, 3});
    CHECK_THROWS_WITH(show(forgetting, {0, 2}, two), "score::forgetting: sample is 2, must be in [0, 2), the labels");
    CHECK_THROWS_WITH(show(forgetting, {0, 1}, two),
                      "score::forgetting: labels[1] is 3, must be in [0, 3), the logits");
    CHECK_THROWS_WITH(show(forgetting, {0}, two),
                      "score::forgetting: rows of the logits is 2, must be the samples of the batch, 1");
    CHECK_THROWS_AS(forgetting.present(-1, true), lpntk::argument_error);
    CHECK_THROWS_WITH(score::forgetting({0, -1}), "score::forgetting: labels[1] is -1, must be >= 0");
}

TEST_CASE("forgetting refuses logits that are not finite, and labels of another set") {
    matrix<double> logits = matrix<double>::Zero(2, 2);
    score::forgetting forgetting({0, 1, 1});
    logits(1, 0) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(show(forgetting, {0, 2}, logits), "score::forgetting: logits of sample 2 hold NaN or infinity");
    const auto data = test::clouds(7, 1);
    auto net = lpntk::nn::mlp<double>({4, 5, 3}, 2);
    score::forgetting of_more(std::vector<int>(22, 0));
    CHECK_THROWS_WITH(lpntk::nn::train(net, data, {.epochs = 1, .after_step = std::ref(of_more)}),
                      "score::forgetting: number of labels is 22, must be that of the training samples, 21");
}
