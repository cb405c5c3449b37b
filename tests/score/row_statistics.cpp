#include <lpntk/score/row_statistics.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

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
            const collect_row_statistics collect{{.contradictory = -0.2}, neighbours, 1, 16};
            const auto found = collect(matrix_similarity(kappa), {labels, classes});
            const auto rho = [&](index_t i, index_t j) {
                return kappa(i, i) > 0 && kappa(j, j) > 0
                           ? kappa(i, j) * (1 / std::sqrt(kappa(i, i))) * (1 / std::sqrt(kappa(j, j)))
                           : 0.0;
            };
            CHECK((found.size() == count && found.classes() == classes));
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
                const auto agreeing = std::count_if(others.begin(), others.begin() + neighbours, [&](index_t j) {
                    return labels[static_cast<std::size_t>(j)] == own;
                });
                CHECK(found.neighbour_agreement[i] == static_cast<double>(agreeing) / static_cast<double>(neighbours));
            }
            for (const int threads : {2, 3, 8}) {
                auto again = collect;
                again.threads = threads;
                const auto same = again(testing::bare_similarity(kappa), {labels, classes});
                CHECK(same.mean_similarity == found.mean_similarity);
                CHECK(same.mean_cosine == found.mean_cosine);
                CHECK(same.contradictory == found.contradictory);
                CHECK(same.neighbour_agreement == found.neighbour_agreement);
            }
        }
    const matrix_similarity<double> items(random_kernel(4, kind::smooth, 1));
    CHECK_THROWS_AS(collect_row_statistics{}(items, {std::vector<int>{0, 0, 1, 1}, 2}),
                    argument_error);  // 10 neighbours of 3
    CHECK_THROWS_AS((collect_row_statistics{.neighbours = 2}(items, {std::vector<int>{0, 0, 1}, 2})), argument_error);
}
