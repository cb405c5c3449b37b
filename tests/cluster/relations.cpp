#include <lpntk/cluster/relations.hpp>

#include <cmath>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

TEST_CASE("the cosine, and a feature that has none") {
    CHECK(std::abs(cosine(3, 4, 9) - 0.5) < 1e-15);
    CHECK(cosine(0, 0, 5) == 0);
    CHECK(cosine(0, 0, 0) == 0);  // of a zero feature with itself
    const relation_thresholds thresholds{.interchangeable = 0.8, .contradictory = -0.2};
    CHECK(thresholds(0.8) == relation::interchangeable);
    CHECK(thresholds(0.79) == relation::unrelated);
    CHECK(thresholds(-0.19) == relation::unrelated);
    CHECK(thresholds(-0.2) == relation::contradictory);
    CHECK(thresholds(cosine(0, 0, 0)) == relation::unrelated);
}

TEST_CASE("relations against a count over all pairs") {
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (const kind what : testing::all_kinds) {
            const index_t count = 70;  // more than one block of rows
            const auto kappa = random_kernel(count, what, seed);
            const auto labels = testing::random_labels(count, 3, seed);
            const relation_thresholds thresholds{.interchangeable = 0.6, .contradictory = -0.3};
            std::vector<relation_counts> samples(static_cast<std::size_t>(count)), pairs(9);
            relation_counts whole;
            for (index_t i = 0; i < count; ++i)
                for (index_t j = 0; j < count; ++j) {
                    if (i == j) continue;
                    const bool zero = kappa(i, i) == 0 || kappa(j, j) == 0;
                    const double rho = zero ? 0 : kappa(i, j) / (std::sqrt(kappa(i, i)) * std::sqrt(kappa(j, j)));
                    const relation found = rho >= 0.6    ? relation::interchangeable
                                           : rho <= -0.3 ? relation::contradictory
                                                         : relation::unrelated;
                    samples[static_cast<std::size_t>(i)].add(found);
                    if (i > j) whole.add(found);
                    const int a = labels[static_cast<std::size_t>(i)], b = labels[static_cast<std::size_t>(j)];
                    if (i > j) {
                        pairs[static_cast<std::size_t>(3 * a + b)].add(found);
                        if (a != b) pairs[static_cast<std::size_t>(3 * b + a)].add(found);
                    }
                }
            for (const int threads : {1, 2, 3, 8}) {
                const auto report = count_relations{thresholds, threads, 8}(matrix_similarity(kappa), {labels, 3});
                for (index_t i = 0; i < count; ++i) REQUIRE(report.of(i) == samples[static_cast<std::size_t>(i)]);
                for (int a = 0; a < 3; ++a)
                    for (int b = 0; b < 3; ++b)
                        CHECK(report.between(a, b) == pairs[static_cast<std::size_t>(3 * a + b)]);
                CHECK(report.whole() == whole);
            }
            const auto unlabelled = count_relations{thresholds}(testing::bare_similarity(kappa));
            CHECK(unlabelled.whole() == whole);
            CHECK(unlabelled.of(3) == samples[3]);
            CHECK(unlabelled.whole().total() == count * (count - 1) / 2);
        }
}

TEST_CASE("relations: bad arguments, bad numbers") {
    const matrix_similarity<double> items(random_kernel(4, kind::smooth, 1));
    CHECK_THROWS_WITH((count_relations{{.interchangeable = 0}}(items)),
                      "count_relations: interchangeable is 0, must be in (0, 1]");
    CHECK_THROWS_WITH((count_relations{{.contradictory = 0.1}}(items)),
                      "count_relations: contradictory is 0.1, must be in [-1, 0)");
    CHECK_THROWS_AS(count_relations{}(items, std::vector<int>{0, 1}), argument_error);
    CHECK_THROWS_AS(count_relations{}(items, {std::vector<int>{0, 1, 2, 0}, 2}), argument_error);
    auto broken = random_kernel(4, kind::smooth, 1);
    broken(0, 1) = INFINITY;
    CHECK_THROWS_WITH(count_relations{}(testing::bare_similarity(broken)),
                      "count_relations: the similarity of items 0 and 1 is NaN or infinite");
}

TEST_CASE("no items have no rows to stream") {
    const testing::counted_rows none{};
    CHECK_THROWS_WITH(for_each_row(none, {}, "test", [](index_t, const auto&, int) {}),
                      "test: number of items is 0, must be >= 1");
}

TEST_CASE("many cosines have the bits of one") {
    const auto kappa = random_kernel(20, kind::zeros, 3);
    const cosines rho(vector<double>(kappa.diagonal()));
    for (index_t i = 0; i < 20; ++i)
        for (index_t j = 0; j < 20; ++j) CHECK(rho(kappa(i, j), i, j) == cosine(kappa(i, j), kappa(i, i), kappa(j, j)));
}

TEST_CASE("rows are streamed: each once, all reported") {
    const testing::counted_rows items{random_kernel(50, kind::smooth, 1)};
    std::vector<index_t> seen;
    for_each_row(items, {.threads = 1, .block = 20, .report = [&](index_t done, index_t) { seen.push_back(done); }},
                 "test", [](index_t, const auto&, int) {});
    CHECK(items.rows_given == 50);
    CHECK(items.requests == 3);
    CHECK(seen == std::vector<index_t>{20, 40, 50});
}
