#include <lpntk/score/suspicion.hpp>

#include <vector>

#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/score/tail_cluster.hpp>
#include <lpntk/statistics/detection.hpp>

#include "support/catch.hpp"

using namespace lpntk;
using numbers = std::vector<double>;
using classes = std::vector<int>;

namespace {

/// Statistics of as many samples as `cosines` has rows; the mean similarities are ten times the mean cosines.
row_statistics with_means(const matrix<double>& cosines) {
    row_statistics made;
    made.mean_cosine = cosines;
    made.mean_similarity = 10 * cosines;
    made.self_similarity = vector<double>::LinSpaced(cosines.rows(), 3, 4);
    made.neighbour_agreement = vector<double>::LinSpaced(cosines.rows(), 0.25, 1);
    for (index_t i = 0; i < cosines.rows(); ++i) made.contradictory.push_back(7 * i);
    return made;
}

}  // namespace

TEST_CASE("suspicions by hand") {
    const auto given = with_means((matrix<double>(2, 3) << 1, 2, 5, 4, 3, 2).finished());
    const classes own{1, 0};
    using score::nearness;
    CHECK(score::far_from_own_class{}(given, own) == numbers{-2, -4});
    CHECK(score::far_from_own_class{.by = nearness::similarity}(given, own) == numbers{-20, -40});
    CHECK(score::nearer_to_another_class{}(given, own) == numbers{-1, -1});
    CHECK(score::nearer_to_another_class{.by = nearness::similarity}(given, own) == numbers{-10, -10});
    CHECK(score::contradictory_partners{}(given, own) == numbers{0, 7});
    CHECK(score::self_similarity{}(given, own) == numbers{3, 4});
    CHECK(score::neighbour_disagreement{}(given, own) == numbers{0.75, 0});
    // Class 2 has no samples: its mean of 0 is none, though greater than the others.
    const auto negative = with_means((matrix<double>(2, 3) << -1, -2, 0, -4, -3, 0).finished());
    CHECK(score::nearer_to_another_class{}(negative, own) == numbers{1, 1});
}

TEST_CASE("suspicions refuse labels that are not the statistics'") {
    const auto given = with_means(matrix<double>::Ones(2, 3));
    const auto refuses = [&](const auto& score, const std::string& name) {
        CHECK_THROWS_WITH(score(given, classes{0}), name + ": number of labels is 1, must be the number of samples, 2");
        CHECK_THROWS_WITH(score(given, classes{1, 3}), name + ": labels[1] is 3, must be in [0, 3)");
        CHECK_THROWS_WITH(score(given, classes{-1, 0}), name + ": labels[0] is -1, must be in [0, 3)");
    };
    refuses(score::far_from_own_class{}, "score::far_from_own_class");
    refuses(score::nearer_to_another_class{}, "score::nearer_to_another_class");
    refuses(score::contradictory_partners{}, "score::contradictory_partners");
    refuses(score::self_similarity{}, "score::self_similarity");
    refuses(score::neighbour_disagreement{}, "score::neighbour_disagreement");
    CHECK_THROWS_AS(score::from_rows(given, classes{0}), argument_error);
    for (const auto& alone : {with_means(matrix<double>::Ones(2, 1)), given})
        CHECK_THROWS_WITH(score::nearer_to_another_class{}(alone, classes{0, 0}),
                          "score::nearer_to_another_class: number of classes with samples is 1, must be >= 2");
}

TEST_CASE("the tail of the clusters is what is in small ones") {
    const class_clusterings clusters{{{1, 3, 4}, {0, 2}}, {clustering{{0, 2}, {0, 0, 1}}, clustering{{1}, {0, 0}}}};
    CHECK(score::tail_cluster{}(clusters) == numbers{-2, -2, -2, -2, -1});
    auto broken = clusters;
    broken.results.pop_back();
    CHECK_THROWS_AS(score::tail_cluster{}(broken), argument_error);
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
        collect_row_statistics{}(matrix_similarity<double>(phi.lazyProduct(phi.transpose())), {labels, 2});
    const auto table = score::from_rows(statistics, labels);
    REQUIRE(table.size() == 7);
    for (const auto& [name, values] : table) {
        INFO(name);
        REQUIRE(values.size() == 100);
        if (name != "contradictory partners" && name != "self-similarity") CHECK(auroc(values, flipped) > 0.99);
    }
}
