#include <lpntk/select/facility_location.hpp>
#include <lpntk/select/graph_cut.hpp>
#include <lpntk/select/herding.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

/// `count` items of which each next one makes value(chosen) largest, by trying all.
template <class Value>
std::vector<index_t> best_each_time(index_t items, index_t count, const Value& value) {
    std::vector<index_t> chosen;
    while (static_cast<index_t>(chosen.size()) < count) {
        index_t best = -1;
        double largest = -std::numeric_limits<double>::infinity();
        for (index_t i = 0; i < items; ++i) {
            if (std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
            auto with = chosen;
            with.push_back(i);
            if (const double here = value(with); here > largest) best = i, largest = here;
        }
        chosen.push_back(best);
    }
    return chosen;
}

double covered(const matrix<double>& kappa, const std::vector<index_t>& chosen) {
    vector<double> cover = vector<double>::Zero(kappa.rows());
    for (const index_t i : chosen) cover = cover.cwiseMax(kappa.col(i));
    return cover.sum();
}

}  // namespace

TEST_CASE("greedy cover: gains add up to the objective, also from an initial subset") {
    const auto kappa = random_kernel(25, kind::negative, 6);
    const matrix_similarity items(kappa);
    for (const std::vector<index_t>& initial : {std::vector<index_t>{}, {3}, {20, 4, 9}}) {
        const greedy_cover policy{.count = 6, .initial = initial};
        const auto found = policy.with_gains(items);
        CHECK(policy(items) == found.items);
        auto all = initial;
        for (std::size_t k = 0; k < found.items.size(); ++k) {
            CHECK(std::find(all.begin(), all.end(), found.items[k]) == all.end());
            const double before = covered(kappa, all);
            double best = 0;
            for (index_t i = 0; i < 25; ++i) {
                auto with = all;
                with.push_back(i);
                best = std::max(best, covered(kappa, with) - before);
            }
            CHECK(std::abs(found.gains[k] - best) < 1e-9);
            all.push_back(found.items[k]);
            CHECK(std::abs(covered(kappa, all) - before - found.gains[k]) < 1e-9);
            if (k > 0) CHECK(found.gains[k] <= found.gains[k - 1]);
        }
    }
    CHECK_THROWS_AS((greedy_cover{.count = 24, .initial = {1, 2}}(items)), argument_error);
    CHECK_THROWS_AS((greedy_cover{.count = 1, .initial = {1, 1}}(items)), argument_error);
    CHECK_THROWS_AS((greedy_cover{.count = 1, .initial = {25}}(items)), argument_error);
}

TEST_CASE("graph cut: each item adds most to the objective") {
    const auto kappa = random_kernel(20, kind::smooth, 7);
    for (const double redundancy : {0.0, 0.5, 2.0}) {
        const auto value = [&](const std::vector<index_t>& chosen) {
            double sum = 0;
            for (const index_t j : chosen) {
                sum += kappa.col(j).sum();
                for (const index_t i : chosen) sum -= redundancy * kappa(i, j);
            }
            return sum;
        };
        const graph_cut policy{.ratio = 0.4, .redundancy = redundancy};
        const auto expected = best_each_time(20, 8, value);
        CHECK(policy.order(matrix_similarity(kappa)) == expected);
        auto sorted = expected;
        std::sort(sorted.begin(), sorted.end());
        CHECK(policy(testing::bare_similarity(kappa)).kept == sorted);
    }
    CHECK_THROWS_AS((graph_cut{.redundancy = -1}(matrix_similarity(kappa))), argument_error);
}

TEST_CASE("herding: nearer to the mean of all than random choices are") {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const auto kappa = random_kernel(60, kind::smooth, seed);
        const auto apart = [&](const std::vector<index_t>& chosen) {
            const auto n = static_cast<double>(chosen.size());
            double squared = kappa.mean();
            for (const index_t i : chosen) {
                squared -= 2 * kappa.col(i).mean() / n;
                for (const index_t j : chosen) squared += kappa(i, j) / (n * n);
            }
            return squared;
        };
        const auto chosen = herding{.ratio = 0.2}.order(matrix_similarity(kappa));
        REQUIRE(chosen.size() == 12);
        for (std::size_t t = 0; t < chosen.size(); ++t) {
            const auto gain = [&](index_t i) {
                double sum = 0;
                for (std::size_t s = 0; s < t; ++s) sum += kappa(i, chosen[s]);
                return kappa.row(i).mean() - sum / static_cast<double>(t + 1);
            };
            for (index_t i = 0; i < 60; ++i)
                if (std::find(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(t), i) ==
                    chosen.begin() + static_cast<std::ptrdiff_t>(t))
                    CHECK(gain(i) <= gain(chosen[t]) + 1e-9);
        }
        std::vector<index_t> all(60);
        for (std::size_t i = 0; i < 60; ++i) all[i] = static_cast<index_t>(i);
        random_stream random(seed);
        double mean = 0;
        for (int repeat = 0; repeat < 20; ++repeat) mean += apart(random_choice(all, 12, random)) / 20;
        CHECK(apart(chosen) < mean);
        const std::vector<int> one_class(60, 0);
        CHECK(herding{.ratio = 0.2, .threads = 2}(matrix_similarity(kappa), one_class) ==
              herding{.ratio = 0.2}(testing::bare_similarity(kappa)));
    }
}
