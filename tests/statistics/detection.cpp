#include <lpntk/statistics/detection.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <lpntk/core/random.hpp>

#include "support/catch.hpp"

using namespace lpntk;

TEST_CASE("detection: worked by hand, with and without ties") {
    const std::vector<bool> known{true, false, true, false};
    CHECK(auroc(std::vector<double>{4, 3, 2, 1}, known) == 0.75);
    CHECK(auroc(std::vector<double>{4, 1, 3, 2}, known) == 1.0);
    CHECK(auroc(std::vector<double>{1, 4, 2, 3}, known) == 0.0);
    CHECK(auroc(std::vector<double>{1, 1, 1, 1}, known) == 0.5);
    CHECK(auroc(std::vector<double>{2, 2, 1, 1}, known) == 0.5);
    CHECK(std::abs(average_precision(std::vector<double>{4, 3, 2, 1}, known) - (1.0 + 2.0 / 3) / 2) < 1e-15);
    CHECK(average_precision(std::vector<double>{1, 1, 1, 1}, known) == 0.5);
    CHECK(precision_at(1, std::vector<double>{4, 3, 2, 1}, known) == 1.0);
    CHECK(precision_at(2, std::vector<double>{4, 3, 2, 1}, known) == 0.5);
    CHECK(precision_at(3, std::vector<double>{1, 1, 1, 1}, known) == 0.5);
    CHECK(precision_at(1, std::vector<double>{INFINITY, 0, -INFINITY, 0}, known) == 1.0);
    const auto report = detect(std::vector<double>{4, 3, 2, 1}, known);
    CHECK(report.auroc == 0.75);
    CHECK(report.precision_at_known == 0.5);

    const auto curve = roc_curve(std::vector<double>{4, 3, 3, 1}, known);
    REQUIRE(curve.size() == 4);
    CHECK(curve[0].threshold == INFINITY);
    CHECK((curve[1].false_positive_rate == 0 && curve[1].true_positive_rate == 0.5));
    CHECK((curve[2].false_positive_rate == 0.5 && curve[2].true_positive_rate == 1));
    CHECK((curve[3].false_positive_rate == 1 && curve[3].true_positive_rate == 1));
}

TEST_CASE("AUROC is the chance to rank a bad sample above a good one, precision its mean over random orders of ties") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        random_stream random(seed);
        std::vector<double> scores;
        std::vector<bool> known;
        for (int i = 0; i < 40; ++i) {
            known.push_back(i < 2 ? i == 0 : random.uniform() < 0.3);
            scores.push_back(static_cast<double>(random.below(8)) + (known.back() ? 2.0 : 0.0));
        }
        double wins = 0, pairs = 0;
        for (std::size_t i = 0; i < 40; ++i)
            for (std::size_t j = 0; j < 40; ++j)
                if (known[i] && !known[j])
                    ++pairs, wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        CHECK(std::abs(auroc(scores, known) - wins / pairs) < 1e-12);

        double mean = 0;  // of the best 10 after the ties are broken at random
        for (int trial = 0; trial < 2000; ++trial) {
            std::vector<std::size_t> order(40);
            for (std::size_t i = 0; i < 40; ++i) order[i] = i;
            random.shuffle(order);
            std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
            for (std::size_t k = 0; k < 10; ++k) mean += known[order[k]] ? 1 : 0;
        }
        CHECK(std::abs(precision_at(10, scores, known) - mean / 20000) < 0.02);
    }
}

TEST_CASE("detection: what is no question") {
    const std::vector<double> scores{1, 2};
    CHECK_THROWS_AS(auroc(scores, {true}), argument_error);
    CHECK_THROWS_AS(auroc(scores, {true, true}), argument_error);
    CHECK_THROWS_AS(detect(scores, {false, false}), argument_error);
    CHECK_THROWS_AS(precision_at(3, scores, {true, false}), argument_error);
    CHECK_THROWS_WITH(average_precision(std::vector<double>{1, NAN}, {true, false}),
                      "average_precision: score of a sample is NaN (sample 1), must be a number");
}
