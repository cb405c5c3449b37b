// uniform, keep_heads, keep_random_member, drop_redundant, drop_tail: what selects by class or cluster alone.
#include <lpntk/select/drop_redundant.hpp>
#include <lpntk/select/drop_tail.hpp>
#include <lpntk/select/keep_heads.hpp>
#include <lpntk/select/keep_random_member.hpp>
#include <lpntk/select/selection.hpp>
#include <lpntk/select/uniform.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <lpntk/cluster/by_class.hpp>
#include <lpntk/cluster/farthest_points.hpp>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using testing::kind;

/// A clustering of clusters of the given sizes, their members scattered.
clustering of_sizes(const std::vector<index_t>& sizes, std::uint64_t seed) {
    clustering clusters;
    for (std::size_t c = 0; c < sizes.size(); ++c)
        for (index_t k = 0; k < sizes[c]; ++k) clusters.assignment.push_back(static_cast<index_t>(c));
    random_stream(seed, 5).shuffle(clusters.assignment);
    for (std::size_t c = 0; c < sizes.size(); ++c)
        clusters.heads.push_back(
            std::find(clusters.assignment.begin(), clusters.assignment.end(), static_cast<index_t>(c)) -
            clusters.assignment.begin());
    return clusters;
}

/// How many members of each cluster are kept.
std::vector<index_t> kept_of(const selection& chosen, const clustering& clusters) {
    std::vector<index_t> counts(clusters.heads.size(), 0);
    for (const index_t i : chosen.kept)
        ++counts[static_cast<std::size_t>(clusters.assignment[static_cast<std::size_t>(i)])];
    return counts;
}

/// What every selection owes: sorted, no sample twice, numbers that agree, no class empty.
void check_whole(const selection& chosen, index_t total) {
    CHECK(std::is_sorted(chosen.kept.begin(), chosen.kept.end()));
    CHECK(std::adjacent_find(chosen.kept.begin(), chosen.kept.end()) == chosen.kept.end());
    CHECK(chosen.total() == total);
    index_t sum = 0;
    for (const index_t count : chosen.kept_per_class) {
        CHECK(count >= 1);
        sum += count;
    }
    CHECK(sum == chosen.size());
    std::set<index_t> all(chosen.kept.begin(), chosen.kept.end());
    const auto dropped = chosen.dropped();
    all.insert(dropped.begin(), dropped.end());
    CHECK(static_cast<index_t>(all.size()) == total);
    CHECK(chosen.size() + static_cast<index_t>(dropped.size()) == total);
}

}  // namespace

TEST_CASE("the quota: to the nearest, halves up, at least one") {
    CHECK(kept_count(10, 0.25, "test") == 3);
    CHECK(kept_count(10, 0.24, "test") == 2);
    CHECK(kept_count(10, 0.001, "test") == 1);
    CHECK(kept_count(7, 1.0, "test") == 7);
    CHECK(kept_count(1, 0.1, "test") == 1);
    CHECK_THROWS_WITH(kept_count(10, 0.0, "test"), "test: ratio is 0, must be in (0, 1]");
    CHECK_THROWS_AS(kept_count(10, 1.01, "test"), argument_error);
    CHECK_THROWS_AS(kept_count(10, std::nan(""), "test"), argument_error);
    CHECK_THROWS_AS(kept_count(0, 0.5, "test"), argument_error);
}

TEST_CASE("uniform: the quota of each class, by the seed") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto labels = testing::random_labels(57, 4, seed);
        const auto chosen = uniform{.ratio = 0.4, .seed = seed}({labels, 4});
        check_whole(chosen, 57);
        const auto indices = indices_by_class(labels, 4);
        for (std::size_t c = 0; c < 4; ++c)
            CHECK(chosen.kept_per_class[c] == kept_count(static_cast<index_t>(indices[c].size()), 0.4, "test"));
        CHECK(chosen == uniform{.ratio = 0.4, .seed = seed}({labels, 4}));
        CHECK(!(chosen == uniform{.ratio = 0.4, .seed = seed + 1}({labels, 4})));
    }
    CHECK(uniform{.ratio = 0.3}(index_t{10}).size() == 3);
    CHECK(uniform{}(std::vector<int>{0, 1, 1}).kept == std::vector<index_t>{0, 1, 2});
    CHECK_THROWS_WITH(uniform{.ratio = 0.5}(std::vector<int>{0, 2}),
                      "uniform: number of samples of class 1 is 0, must be >= 1");
    CHECK_THROWS_AS(uniform{.ratio = 2}(index_t{10}), argument_error);
    CHECK_THROWS_AS(uniform{}(index_t{0}), argument_error);
}

TEST_CASE("de-redundancy without a ratio: half of the largest cluster of each class, no other") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto clusters = of_sizes({3, 9, 1, 9, 2}, seed);
        const auto chosen = drop_redundant{.seed = seed}(clusters);
        check_whole(chosen, 24);
        CHECK(kept_of(chosen, clusters) == std::vector<index_t>{3, 5, 1, 9, 2});
    }
}

TEST_CASE("de-redundancy to a ratio: the largest clusters give half until the quota is met") {
    const auto clusters = of_sizes({3, 10, 1, 8, 2}, 1);
    const auto keeping = [&](double ratio) {
        return kept_of(drop_redundant{.ratio = ratio, .seed = 3}(clusters), clusters);
    };
    CHECK(keeping(1.0) == std::vector<index_t>{3, 10, 1, 8, 2});
    CHECK(keeping(22.0 / 24) == std::vector<index_t>{3, 8, 1, 8, 2});  // part of the largest
    CHECK(keeping(17.0 / 24) == std::vector<index_t>{3, 5, 1, 6, 2});  // its half, and part of the second
    CHECK(keeping(13.0 / 24) == std::vector<index_t>{2, 5, 1, 4, 1});  // one whole round
    CHECK(keeping(10.0 / 24) == std::vector<index_t>{2, 3, 1, 3, 1});  // into the second round
    CHECK(keeping(5.0 / 24) == std::vector<index_t>(5, 1));            // one of each
    const auto last = keeping(2.0 / 24);                               // fewer than there are clusters
    CHECK(std::count(last.begin(), last.end(), 1) == 2);
    CHECK(std::count(last.begin(), last.end(), 0) == 3);
    CHECK_THROWS_AS((drop_redundant{.ratio = 0.9, .share = 1.0}(clusters)), argument_error);
    CHECK_THROWS_AS(drop_redundant{.ratio = 0.0}(clusters), argument_error);
}

TEST_CASE("de-redundancy: which half goes is random, any member can") {
    const auto clusters = of_sizes({6, 1}, 1);
    std::vector<int> often(7, 0);
    for (std::uint64_t seed = 0; seed < 3000; ++seed)
        for (const index_t i : drop_redundant{.seed = seed}(clusters).dropped()) ++often[static_cast<std::size_t>(i)];
    for (std::size_t i = 0; i < 7; ++i)
        CHECK(std::abs(often[i] - (clusters.assignment[i] == 0 ? 1500 : 0)) < 150);  // standard deviation 27
}

TEST_CASE("de-poisoning: the smallest clusters go, the quota is met exactly") {
    const auto clusters = of_sizes({3, 10, 1, 8, 2}, 1);
    const auto keeping = [&](double ratio) {
        return kept_of(drop_tail{.ratio = ratio, .seed = 3}(clusters), clusters);
    };
    CHECK(keeping(1.0) == std::vector<index_t>{3, 10, 1, 8, 2});
    CHECK(keeping(23.0 / 24) == std::vector<index_t>{3, 10, 0, 8, 2});
    CHECK(keeping(22.0 / 24) == std::vector<index_t>{3, 10, 0, 8, 1});
    CHECK(keeping(18.0 / 24) == std::vector<index_t>{0, 10, 0, 8, 0});
    CHECK(keeping(1.0 / 24) == std::vector<index_t>{0, 1, 0, 0, 0});
}

TEST_CASE("de-poisoning: of clusters of equal size the seed chooses") {
    const auto clusters = of_sizes({1, 1, 1, 1}, 1);
    std::set<std::vector<index_t>> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed) seen.insert(drop_tail{.ratio = 0.5, .seed = seed}(clusters).kept);
    CHECK(seen.size() == 6);
}

TEST_CASE("by class, every ratio and kernel: the quota of each class") {
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (const kind what : testing::all_kinds) {
            const auto labels = testing::random_labels(60, 3, seed);
            const matrix_similarity items(testing::random_kernel(60, what, seed));
            const auto clusters = by_class(items, {labels, 3}, [](const auto& part) {
                return farthest_points{.heads = std::min<index_t>(5, part.size())}(part);
            });
            for (const double ratio : {1.0, 0.9, 0.5, 0.2, 0.01})
                for (const auto& chosen : {drop_redundant{.ratio = ratio, .seed = seed}(clusters),
                                           drop_tail{.ratio = ratio, .seed = seed}(clusters)}) {
                    check_whole(chosen, 60);
                    for (std::size_t c = 0; c < 3; ++c)
                        CHECK(chosen.kept_per_class[c] == kept_count(chosen.total_per_class[c], ratio, "test"));
                }
            CHECK(drop_redundant{.ratio = 0.5, .seed = seed}(clusters) ==
                  drop_redundant{.ratio = 0.5, .seed = seed}(clusters));
        }
}

TEST_CASE("one of each cluster: its head, or a random member") {
    const auto clusters = of_sizes({3, 1, 2}, 4);
    auto heads = clusters.heads;
    std::sort(heads.begin(), heads.end());
    CHECK(keep_heads{}(clusters).kept == heads);
    std::set<std::vector<index_t>> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const auto chosen = keep_random_member{.seed = seed}(clusters);
        check_whole(chosen, 6);
        CHECK(kept_of(chosen, clusters) == std::vector<index_t>{1, 1, 1});
        seen.insert(chosen.kept);
    }
    CHECK(seen.size() == 6);

    const class_clusterings both{{{1, 3, 5}, {0, 2, 4}}, {clustering{{2, 0}, {1, 1, 0}}, clustering{{1}, {0, 0, 0}}}};
    const auto chosen = keep_heads{}(both);
    CHECK(chosen.kept == std::vector<index_t>{1, 2, 5});
    CHECK(chosen.kept_per_class == std::vector<index_t>{2, 1});
    const class_clusterings broken{{{0, 1}}, {clustering{{0}, {0, 0, 0}}}};
    CHECK_THROWS_WITH(keep_heads{}(broken),
                      "keep_heads: number of clustered items of class 0 is 3, must be its number of indices, 2");
}
