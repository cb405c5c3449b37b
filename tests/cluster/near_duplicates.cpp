#include <lpntk/cluster/near_duplicates.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lpntk;
using testing::bare_similarity;
using testing::message_of;
using testing::random_kernel;

double apart(feature_distance by, double kappa, double a, double b) {
    if (by == feature_distance::kernel) return std::sqrt(std::max(0.0, a + b - 2 * kappa));
    return 1 - kappa * (inverse_length(a) * inverse_length(b));
}

/// The lowest item that a chain of steps leads to, for each: Warshall's closure.
std::vector<index_t> lowest_reached(std::vector<std::vector<bool>> near) {
    const std::size_t count = near.size();
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j)
                if (near[i][k] && near[k][j]) near[i][j] = true;
    std::vector<index_t> lowest;
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t first = 0;
        while (first != i && !near[i][first]) ++first;
        lowest.push_back(static_cast<index_t>(first));
    }
    return lowest;
}

/// The points of a line at these places: their kernel distance is their distance.
matrix<double> line(const std::vector<double>& places) {
    const auto count = static_cast<index_t>(places.size());
    matrix<double> kappa(count, count);
    for (index_t i = 0; i < count; ++i)
        for (index_t j = 0; j < count; ++j)
            kappa(i, j) = places[static_cast<std::size_t>(i)] * places[static_cast<std::size_t>(j)];
    return kappa;
}

using lists = std::vector<std::vector<index_t>>;

}  // namespace

TEST_CASE("near duplicates: what a brute force over all pairs and chains finds") {
    for (const auto by : {feature_distance::cosine, feature_distance::kernel})
        for (const testing::kind what : testing::all_kinds)
            for (const double epsilon : {0.0, 0.05, 0.3, 1.0}) {
                const index_t count = 24;
                const auto kappa = random_kernel(count, what, 6);
                std::vector<std::vector<bool>> near(24, std::vector<bool>(24, false));
                for (index_t i = 0; i < count; ++i)
                    for (index_t j = 0; j < count; ++j)
                        near[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] =
                            i != j && apart(by, kappa(i, j), kappa(i, i), kappa(j, j)) <= epsilon;
                const auto lowest = lowest_reached(near);
                lists expected;
                for (index_t i = 0; i < count; ++i) {
                    std::vector<index_t> set;
                    for (index_t j = 0; j < count; ++j)
                        if (lowest[static_cast<std::size_t>(j)] == i) set.push_back(j);
                    if (set.size() > 1) expected.push_back(set);
                }
                const near_duplicates policy{.epsilon = epsilon, .by = by};
                const auto found = policy(bare_similarity(kappa));
                CHECK(found.sets == expected);
                REQUIRE(found.keep.size() == found.sets.size());
                for (std::size_t s = 0; s < found.sets.size(); ++s)
                    for (const index_t i : found.sets[s]) {
                        const auto others = [&](index_t of) {
                            const auto& row = near[static_cast<std::size_t>(of)];
                            return std::count(row.begin(), row.end(), true);
                        };
                        CHECK((others(i) < others(found.keep[s]) ||
                               (others(i) == others(found.keep[s]) && found.keep[s] <= i)));
                    }
                for (const int threads : {1, 3}) {
                    const auto again = near_duplicates{
                        .epsilon = epsilon, .by = by, .threads = threads, .block = 5}(matrix_similarity(kappa));
                    CHECK(again.sets == found.sets);
                    CHECK(again.keep == found.keep);
                }
            }
}

TEST_CASE("near duplicates: a chain is one set, and its middle is kept") {
    const near_duplicates policy{.epsilon = 1, .by = feature_distance::kernel};
    const auto found = policy(matrix_similarity(line({20, 1, 2, 3, 8, 21, 50})));
    CHECK(found.sets == lists{{0, 5}, {1, 2, 3}});
    CHECK(found.keep == std::vector<index_t>{0, 2});
    CHECK(found.redundant() == std::vector<index_t>{1, 3, 5});
}

TEST_CASE("near duplicates: across two sets, pairs of one item of each make the steps") {
    const auto all = line({1, 2, 9, 30, 1.5, 9, 2.5, 40, 41});
    const matrix<double> cross = all.topRightCorner(4, 5);
    const auto leaks = near_duplicates{.epsilon = 0.5, .by = feature_distance::kernel}.across(
        cross, all.diagonal().head(4), all.diagonal().tail(5));
    REQUIRE(leaks.size() == 2);
    CHECK(leaks[0].fresh == std::vector<index_t>{0, 1});
    CHECK(leaks[0].known == std::vector<index_t>{0, 2});
    CHECK(leaks[1].fresh == std::vector<index_t>{2});
    CHECK(leaks[1].known == std::vector<index_t>{1});
}

TEST_CASE("near duplicates: bad arguments are named") {
    const bare_similarity items(line({1, 2}));
    CHECK(test::says(message_of([&] { near_duplicates{.epsilon = -1}(items); }), "epsilon is -1"));
    CHECK(test::says(message_of([&] { near_duplicates{}.across(items.values, vector<double>(1), vector<double>(2)); }),
                     "self-similarities of new items is 1"));
    matrix<double> broken = items.values;
    broken(1, 0) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(near_duplicates{}(bare_similarity(broken)), numeric_error);
    CHECK_THROWS_AS(near_duplicates{}.across(broken, vector<double>(2), vector<double>(2)), numeric_error);
}
