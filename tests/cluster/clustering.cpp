#include <lpntk/cluster/clustering.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <lpntk/cluster/by_class.hpp>
#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/score/tail_cluster.hpp>
#include <lpntk/select/drop_tail.hpp>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

TEST_CASE("members, sizes and assignment tell the same story") {
    const clustering clusters{{4, 1}, {1, 1, 0, 1, 0}};
    CHECK(clusters.size() == 2);
    CHECK(clusters.items() == 5);
    CHECK(clusters.members(0) == std::vector<index_t>{2, 4});
    CHECK(clusters.members_by_cluster() == std::vector<std::vector<index_t>>{{2, 4}, {0, 1, 3}});
    CHECK(clusters.sizes() == std::vector<index_t>{2, 3});
    CHECK_THROWS_AS(clusters.members(2), argument_error);
    CHECK_NOTHROW(require_valid(clusters, "test"));
    CHECK_THROWS_WITH(require_valid(clustering{{4, 2}, {1, 1, 0, 1, 0}}, "test"),
                      "test: heads[1] is 2, must be a member of cluster 1");
    CHECK_THROWS_WITH(require_valid(clustering{{0}, {0, 1}}, "test"), "test: assignment[1] is 1, must be in [0, 1)");
    CHECK_THROWS_AS(require_valid(clustering{}, "test"), argument_error);
}

TEST_CASE("cluster summaries against their definition") {
    for (const kind what : testing::all_kinds) {
        const auto kappa = random_kernel(25, what, 9);
        const matrix_similarity items(kappa);
        const auto clusters = farthest_points{.heads = 6}(items);
        const auto summaries = summarise(items, clusters);
        REQUIRE(summaries.size() == 6);
        for (std::size_t c = 0; c < 6; ++c) {
            const auto members = clusters.members(static_cast<index_t>(c));
            const index_t head = clusters.heads[c];
            double sum = 0, lowest = 1e300, radius = 0;
            for (const index_t i : members) {
                if (i != head) sum += kappa(i, head), lowest = std::min(lowest, kappa(i, head));
                radius =
                    std::max(radius, std::sqrt(std::max(0.0, kappa(i, i) + kappa(head, head) - 2 * kappa(i, head))));
            }
            const bool alone = members.size() == 1;
            CHECK(summaries[c].head == head);
            CHECK(summaries[c].size == static_cast<index_t>(members.size()));
            CHECK(std::abs(summaries[c].mean_similarity -
                           (alone ? kappa(head, head) : sum / double(members.size() - 1))) < 1e-9);
            CHECK(summaries[c].lowest_similarity == (alone ? kappa(head, head) : lowest));
            CHECK(std::abs(summaries[c].radius - radius) < 1e-9);
        }
    }
}

TEST_CASE("by class: each class is clustered as if it were alone") {
    const auto kappa = random_kernel(40, kind::smooth, 2);
    const auto labels = testing::random_labels(40, 3, 2);
    const matrix_similarity items(kappa);
    const auto clusters = by_class(items, {labels, 3}, farthest_points{.heads = 4});
    REQUIRE(clusters.classes() == 3);
    REQUIRE(clusters.items() == 40);
    for (std::size_t c = 0; c < 3; ++c) {
        std::vector<index_t> own;
        for (std::size_t i = 0; i < labels.size(); ++i)
            if (labels[i] == static_cast<int>(c)) own.push_back(static_cast<index_t>(i));
        CHECK(clusters.indices[c] == own);
        matrix<double> block(kappa(own, own));
        CHECK(clusters.results[c] == farthest_points{.heads = 4}(matrix_similarity(block)));
    }
    const auto whole = joined(clusters);
    CHECK_NOTHROW(require_valid(whole, "test"));
    REQUIRE(whole.size() == 12);
    for (std::size_t i = 0; i < labels.size(); ++i) CHECK(whole.assignment[i] / 4 == labels[i]);

    // Without the number of classes, and with any algorithm.
    CHECK(by_class(items, labels, farthest_points{.heads = 4}).results == clusters.results);
    const auto counts = by_class(items, labels, [](const auto& part) { return part.size(); });
    CHECK(counts.results[1] == static_cast<index_t>(clusters.indices[1].size()));
}

TEST_CASE("by class: a dataset's labels, and similarities that are already by class") {
    const auto kappa = random_kernel(40, kind::smooth, 2);
    const matrix_similarity items(kappa);
    const dataset<float> data{matrix<float>::Zero(40, 1), testing::random_labels(40, 3, 2), 3, {}};
    const farthest_points three{.heads = 3};
    const auto clusters = by_class(items, data, three);
    CHECK(clusters.results == by_class(items, data.labels, three).results);

    per_class<matrix_similarity<double>> blocks{clusters.indices, {}};
    for (const auto& own : blocks.indices) blocks.results.emplace_back(matrix<double>(kappa(own, own)));
    const auto again = by_class(blocks, three);
    CHECK(again.indices == clusters.indices);
    CHECK(again.results == clusters.results);
    CHECK_THROWS_WITH(by_class(blocks, farthest_points{.heads = 30}),
                      Catch::Matchers::StartsWith("by_class: class 0: farthest"));
    blocks.indices[1].pop_back();
    CHECK_THROWS_WITH(by_class(blocks, three),
                      Catch::Matchers::StartsWith("by_class: class 1: similarity: number of items"));
    blocks.results.pop_back();
    CHECK_THROWS_WITH(by_class(blocks, three),
                      "by_class: number of similarities is 2, must be the number of classes, 3");
}

TEST_CASE("by class: what is wrong names the class") {
    const matrix_similarity items(random_kernel(4, kind::smooth, 2));
    const farthest_points two{.heads = 2};
    const std::vector<int> labels{0, 0, 2, 2};
    CHECK_THROWS_WITH(by_class(items, labels, two), "by_class: number of items of class 1 is 0, must be >= 1");
    CHECK_THROWS_WITH(by_class(items, std::vector<int>{0, 0, 1}, two),
                      "by_class: number of labels is 3, must be the number of items, 4");
    CHECK_THROWS_AS(by_class(items, {std::vector<int>{0, 0, 1, 5}, 2}, two), argument_error);
    CHECK_THROWS_WITH(by_class(items, std::vector<int>{0, 0, 0, 1}, two),
                      "by_class: class 1: farthest_points: heads is 2, must be in [1, number of items = 1]");
    CHECK_THROWS_AS(by_class(items, std::vector<int>{}, two), argument_error);
}

TEST_CASE("clusterings of some classes only are not taken for the whole set") {
    const matrix_similarity items(random_kernel(6, kind::smooth, 2));
    const std::vector<int> labels{0, 1, 0, 1, 0, 1};
    auto some = by_class(items, labels, farthest_points{.heads = 2});
    CHECK(joined(some).items() == 6);
    some.indices.erase(some.indices.begin());
    some.results.erase(some.results.begin());
    const std::string refusal =
        "item of class 0 is 3, must be one of the 3 items of all classes, 0 and on, each of which is in one";
    CHECK_THROWS_WITH(joined(some), "joined: " + refusal);
    CHECK_THROWS_WITH(score::tail_cluster{}(some), "score::tail_cluster: " + refusal);
    CHECK_THROWS_AS(drop_tail{.ratio = 0.5}(some), argument_error);
    some.indices[0] = {0, 1, 1};
    CHECK_THROWS_AS(joined(some), argument_error);
}
