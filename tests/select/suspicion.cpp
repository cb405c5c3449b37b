#include <lpntk/select/row_statistics.hpp>
#include <lpntk/select/suspicion.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <lpntk/select/detection.hpp>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

TEST_CASE("row statistics against their definitions, for any number of threads") {
    for (std::uint64_t seed = 0; seed < 8; ++seed)
        for (const kind what : testing::all_kinds) {
            const index_t count = 40, neighbours = 5;
            const int classes = 4;  // class 3 may have one member, or none
            const auto kappa = random_kernel(count, what, seed);
            auto labels = testing::random_labels(count, 3, seed);
            if (seed % 2 == 0) labels[7] = 3;
            const collect_row_statistics collect{
                {.contradictory = -0.2}, neighbours, {.threads = 1, .block = 16}};
            const auto found = collect(matrix_similarity(kappa), labels, classes);
            const auto rho = [&](index_t i, index_t j) {
                return kappa(i, i) > 0 && kappa(j, j) > 0
                           ? kappa(i, j) * (1 / std::sqrt(kappa(i, i))) * (1 / std::sqrt(kappa(j, j)))
                           : 0.0;
            };
            for (index_t i = 0; i < count; ++i) {
                const int own = labels[static_cast<std::size_t>(i)];
                index_t contradictory = 0;
                std::vector<index_t> others;
                for (index_t j = 0; j < count; ++j)
                    if (j != i) {
                        others.push_back(j);
                        if (rho(i, j) <= -0.2) ++contradictory;
                    }
                CHECK(found.contradictory[static_cast<std::size_t>(i)] == contradictory);
                CHECK(found.self_similarity[i] == kappa(i, i));
                for (int c = 0; c < classes; ++c) {
                    double similarity = 0, cosine_sum = 0, size = 0;
                    for (const index_t j : others)
                        if (labels[static_cast<std::size_t>(j)] == c)
                            similarity += kappa(i, j), cosine_sum += rho(i, j), ++size;
                    CHECK(std::abs(found.mean_similarity(i, c) - (size > 0 ? similarity / size : 0)) < 1e-9);
                    CHECK(std::abs(found.mean_cosine(i, c) - (size > 0 ? cosine_sum / size : 0)) < 1e-12);
                }
                std::stable_sort(others.begin(), others.end(),
                                 [&](index_t a, index_t b) { return rho(i, a) > rho(i, b); });
                const auto agreeing =
                    std::count_if(others.begin(), others.begin() + neighbours,
                                  [&](index_t j) { return labels[static_cast<std::size_t>(j)] == own; });
                CHECK(found.neighbour_agreement[i] ==
                      static_cast<double>(agreeing) / static_cast<double>(neighbours));
            }
            for (const int threads : {2, 3, 8}) {
                auto again = collect;
                again.rows.threads = threads;
                const auto same = again(testing::archetype(kappa), labels, classes);
                CHECK(same.mean_similarity == found.mean_similarity);
                CHECK(same.mean_cosine == found.mean_cosine);
                CHECK(same.contradictory == found.contradictory);
                CHECK(same.neighbour_agreement == found.neighbour_agreement);
            }
        }
    const matrix_similarity<double> items(random_kernel(4, kind::smooth, 1));
    CHECK_THROWS_AS(collect_row_statistics{}(items, std::vector<int>{0, 0, 1, 1}, 2),
                    argument_error);  // 10 neighbours of 3
    CHECK_THROWS_AS((collect_row_statistics{.neighbours = 2}(items, std::vector<int>{0, 0, 1}, 2)),
                    argument_error);
}

TEST_CASE("suspicions by hand") {
    const matrix<double> means = (matrix<double>(2, 3) << 1, 2, 5, 4, 3, 2).finished();
    const std::vector<int> labels{1, 0};
    CHECK(suspicion::far_from_own_class(means, labels) == std::vector<double>{-2, -4});
    CHECK(suspicion::nearer_to_another_class(means, labels) == std::vector<double>{-1, -1});
    CHECK_THROWS_AS(suspicion::nearer_to_another_class(matrix<double>::Ones(2, 1), std::vector<int>{0, 0}),
                    argument_error);
    CHECK_THROWS_AS(suspicion::far_from_own_class(means, std::vector<int>{0}), argument_error);
    CHECK_THROWS_AS(suspicion::far_from_own_class(means, std::vector<int>{1, 3}), argument_error);
    CHECK_THROWS_AS(suspicion::nearer_to_another_class(means, std::vector<int>{2, -1}), argument_error);
    CHECK_THROWS_AS(suspicion::nearer_to_another_class(means, std::vector<int>{1, 1}), argument_error);
    // Class 2 has no samples: its mean of 0 is none, though greater than the others.
    const matrix<double> negative = (matrix<double>(2, 3) << -1, -2, 0, -4, -3, 0).finished();
    CHECK(suspicion::nearer_to_another_class(negative, labels) == std::vector<double>{1, 1});
    const class_clusterings clusters{{{1, 3, 4}, {0, 2}},
                                     {clustering{{0, 2}, {0, 0, 1}}, clustering{{1}, {0, 0}}}};
    CHECK(suspicion::tail_cluster(clusters) == std::vector<double>{-2, -2, -2, -2, -1});
}

TEST_CASE("suspicions find flipped labels in two clean groups") {
    // Two groups around (1, 0) and (0, 1); samples 0 to 4 carry the other's label.
    random_stream random(1);
    matrix<double> phi(100, 2);
    std::vector<int> labels;
    std::vector<bool> flipped;
    for (index_t i = 0; i < 100; ++i) {
        const int truth = static_cast<int>(i % 2);
        phi(i, truth) = 1 + 0.1 * random.normal();
        phi(i, 1 - truth) = 0.1 * random.normal();
        flipped.push_back(i < 5);
        labels.push_back(i < 5 ? 1 - truth : truth);
    }
    const auto statistics =
        collect_row_statistics{}(matrix_similarity<double>(phi.lazyProduct(phi.transpose())), labels, 2);
    const auto table = suspicion::all(statistics, labels);
    REQUIRE(table.size() == 7);
    for (const auto& [name, scores] : table) {
        INFO(name);
        REQUIRE(scores.size() == 100);
        if (name != "contradictory partners" && name != "self-similarity")
            CHECK(auroc(scores, flipped) > 0.99);
    }
}
