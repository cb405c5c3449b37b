#include <lpntk/dynamics/baseline_scores.hpp>

#include <functional>

#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::vector;

TEST_CASE("EL2N is the distance of softmax from one-hot") {
    matrix<double> logits(2, 2);
    logits << 0, 0, std::log(3.0), 0;
    const auto scores = lpntk::el2n<double>(logits, std::vector<int>{0, 1});
    CHECK(std::abs(scores[0] - std::sqrt(0.5)) < 1e-15);      // q = 1/2, 1/2
    CHECK(std::abs(scores[1] - 0.75 * std::sqrt(2.0)) < 1e-15);  // q = 3/4, 1/4, label 1
    CHECK_THROWS_AS(lpntk::el2n<double>(logits, std::vector<int>{0, 2}), lpntk::argument_error);
    CHECK_THROWS_AS(lpntk::el2n<double>(logits, std::vector<int>{0}), lpntk::argument_error);
}

TEST_CASE("the forgetting score counts right to wrong, between presentations of the same sample") {
    lpntk::forgetting_score score({0, 0, 0, 0});
    const auto present = [&](std::size_t sample, const std::vector<bool>& right) {
        for (const bool r : right) score.present(sample, r);
    };
    present(0, {true, false, true, true, false, false});
    present(1, {false, false, true, true});
    present(2, {false, false});
    CHECK(score.values() == std::vector<double>{2, 0, std::numeric_limits<double>::infinity(),
                                                std::numeric_limits<double>::infinity()});  // 3 was never presented
}

TEST_CASE("the forgetting score follows a training run") {
    lpntk::dataset<double> data{models::random_matrix(30, 4, 1), {}, 3, {1, 1, 4}};
    for (int i = 0; i < 30; ++i) data.labels.push_back(i % 3);
    auto net = lpntk::nn::mlp<double>({4, 3, 3}, 1);
    lpntk::forgetting_score score(data.labels);
    std::vector<std::vector<bool>> history(30);
    lpntk::nn::train(net, data, {.epochs = 40, .learning_rate = 0.3, .batch = 4, .after_step = [&](const auto& step) {
        score(step);
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
        CHECK(score.values()[n] == (learned ? forgotten : std::numeric_limits<double>::infinity()));
        total += forgotten;
    }
    CHECK(total > 10);
}

TEST_CASE("scores are averaged over seeds") {
    const auto mean = lpntk::mean_score<double>(3, 5, [](std::uint64_t seed) {
        return vector<double>(vector<double>::Constant(2, static_cast<double>(seed)));
    });
    CHECK(mean == vector<double>::Constant(2, 6));
    CHECK_THROWS_AS(lpntk::mean_score<double>(0, 1, [](std::uint64_t) { return vector<double>(1); }), lpntk::argument_error);
}
