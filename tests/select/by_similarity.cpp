// average_similarity, self_maximal, hierarchical, facility_location: what selects by similarity.
#include <lpntk/select/average_similarity.hpp>
#include <lpntk/select/facility_location.hpp>
#include <lpntk/select/hierarchical.hpp>
#include <lpntk/select/self_maximal.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using testing::bare_similarity;
using testing::kind;
using testing::random_kernel;

/// The plain greedy algorithm on the whole matrix.
std::vector<index_t> plain_greedy(const matrix<double>& kappa, index_t count) {
    std::vector<double> cover(static_cast<std::size_t>(kappa.rows()), 0.0);
    std::vector<index_t> chosen;
    while (static_cast<index_t>(chosen.size()) < count) {
        index_t best = -1;
        double best_gain = -1;
        for (index_t j = 0; j < kappa.rows(); ++j) {
            if (std::find(chosen.begin(), chosen.end(), j) != chosen.end()) continue;
            double gain = 0;
            for (index_t i = 0; i < kappa.rows(); ++i)
                gain += std::max(kappa(j, i) - cover[static_cast<std::size_t>(i)], 0.0);
            if (gain > best_gain) best_gain = gain, best = j;
        }
        chosen.push_back(best);
        for (index_t i = 0; i < kappa.rows(); ++i)
            cover[static_cast<std::size_t>(i)] = std::max(cover[static_cast<std::size_t>(i)], kappa(best, i));
    }
    return chosen;
}

void check_quotas(const selection& chosen, double ratio) {
    CHECK(std::is_sorted(chosen.kept.begin(), chosen.kept.end()));
    CHECK(std::adjacent_find(chosen.kept.begin(), chosen.kept.end()) == chosen.kept.end());
    for (std::size_t c = 0; c < chosen.kept_per_class.size(); ++c)
        CHECK(chosen.kept_per_class[c] == kept_count(chosen.total_per_class[c], ratio, "test"));
}

/// The samples of `selected` that have this label.
std::vector<index_t> of_class(const selection& selected, const std::vector<int>& labels, int label) {
    std::vector<index_t> own;
    for (const index_t i : selected.kept)
        if (labels[static_cast<std::size_t>(i)] == label) own.push_back(i);
    return own;
}

}  // namespace

TEST_CASE("average similarity keeps the least or the most similar of each class") {
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (const kind what : testing::all_kinds) {
            const auto kappa = random_kernel(40, what, seed);
            const auto labels = testing::random_labels(40, 3, seed);
            const auto mean = [&](index_t i) {
                double sum = 0, size = 0;
                for (index_t j = 0; j < 40; ++j)
                    if (labels[static_cast<std::size_t>(i)] == labels[static_cast<std::size_t>(j)])
                        sum += kappa(i, j), ++size;
                return sum / size;
            };
            for (const score_end keep : {score_end::lowest, score_end::highest}) {
                const auto chosen =
                    average_similarity{.ratio = 0.6, .keep = keep}(matrix_similarity(kappa), {labels, 3});
                check_quotas(chosen, 0.6);
                for (const index_t in : chosen.kept)
                    for (const index_t out : chosen.dropped())
                        if (labels[static_cast<std::size_t>(in)] == labels[static_cast<std::size_t>(out)])
                            CHECK((keep == score_end::lowest ? mean(in) - mean(out) : mean(out) - mean(in)) <= 1e-9);
                for (const int threads : {1, 3})
                    CHECK(average_similarity{.ratio = 0.6, .keep = keep, .threads = threads}(bare_similarity(kappa),
                                                                                             {labels, 3}) == chosen);
            }
            CHECK(average_similarity{.ratio = 0.25}(bare_similarity(kappa)).size() == 10);
        }
}

TEST_CASE("self-maximal samples, then uniform") {
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (const kind what : testing::all_kinds) {
            const auto kappa = random_kernel(40, what, seed);
            const auto labels = testing::random_labels(40, 3, seed);
            std::vector<index_t> expected, per_class_count(3, 0);
            for (index_t i = 0; i < 40; ++i) {
                bool maximal = true;
                for (index_t j = 0; j < 40; ++j)
                    if (labels[static_cast<std::size_t>(i)] == labels[static_cast<std::size_t>(j)] &&
                        kappa(j, i) > kappa(i, i))
                        maximal = false;
                if (maximal) {
                    expected.push_back(i);
                    ++per_class_count[static_cast<std::size_t>(labels[static_cast<std::size_t>(i)])];
                }
            }
            const matrix_similarity items(kappa);
            CHECK(self_maximal{}(items, {labels, 3}).kept == expected);
            const auto chosen = self_maximal{.ratio = 0.2, .seed = seed}(items, {labels, 3});
            CHECK(std::includes(expected.begin(), expected.end(), chosen.kept.begin(), chosen.kept.end()));
            for (std::size_t c = 0; c < 3; ++c)
                CHECK(chosen.kept_per_class[c] ==
                      std::min(per_class_count[c], kept_count(chosen.total_per_class[c], 0.2, "test")));
        }
    matrix<double> none(2, 2);
    none << 1, 2, 2, 1;
    CHECK_THROWS_WITH(self_maximal{}(bare_similarity(none)),
                      "self_maximal: number of kept samples of class 0 is 0, must be >= 1");
}

TEST_CASE("hierarchical: one leaf of each subtree") {
    const auto kappa = random_kernel(40, kind::smooth, 1);
    const auto labels = testing::random_labels(40, 3, 1);
    const auto trees = by_class(matrix_similarity(kappa), {labels, 3}, single_linkage{});
    std::set<std::vector<index_t>> seen;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto chosen = hierarchical{.ratio = 0.3, .seed = seed}(trees);
        check_quotas(chosen, 0.3);
        for (std::size_t c = 0; c < 3; ++c) {
            const auto cut = trees.results[c].cut_to_count(chosen.kept_per_class[c]);
            std::set<index_t> subtrees;
            for (const index_t i : of_class(chosen, labels, static_cast<int>(c))) {
                const auto& own = trees.indices[c];
                const auto local = std::find(own.begin(), own.end(), i) - own.begin();
                subtrees.insert(cut.assignment[static_cast<std::size_t>(local)]);
            }
            CHECK(static_cast<index_t>(subtrees.size()) == cut.size());
        }
        seen.insert(chosen.kept);
    }
    CHECK(seen.size() > 1);
    CHECK(hierarchical{.ratio = 1}(trees).size() == 40);
    CHECK(hierarchical{.ratio = 0.5}(trees.results[0]).kept_per_class.size() == 1);
}

TEST_CASE("the lazy greedy cover is the plain greedy one") {
    for (std::uint64_t seed = 0; seed < 15; ++seed)
        for (const kind what : testing::all_kinds)
            for (const index_t items : {1, 2, 25}) {
                const auto kappa = random_kernel(items, what, seed);
                for (const index_t count : {index_t{1}, (items + 1) / 2, items}) {
                    const auto expected = plain_greedy(kappa, count);
                    CHECK(greedy_cover{.count = count}(bare_similarity(kappa)) == expected);
                    CHECK(greedy_cover{.count = count, .prefetch = 1}(matrix_similarity(kappa)) == expected);
                    CHECK(greedy_cover{.count = count, .prefetch = 4, .threads = 3}(matrix_similarity(kappa)) ==
                          expected);
                }
            }
    CHECK_THROWS_AS(greedy_cover{.count = 4}(bare_similarity(random_kernel(3, kind::smooth, 1))), argument_error);
    CHECK_THROWS_AS(greedy_cover{.count = 0}(bare_similarity(random_kernel(3, kind::smooth, 1))), argument_error);
}

TEST_CASE("facility location: by class as if each were alone, and near the best cover") {
    const auto kappa = random_kernel(40, kind::negative, 4);
    const auto labels = testing::random_labels(40, 3, 4);
    const auto chosen = facility_location{.ratio = 0.25}(matrix_similarity(kappa), {labels, 3});
    check_quotas(chosen, 0.25);
    const auto indices = indices_by_class(labels, 3);
    for (std::size_t c = 0; c < 3; ++c) {
        matrix<double> block(kappa(indices[c], indices[c]));
        auto expected = items_at(indices[c], plain_greedy(block, chosen.kept_per_class[c]));
        std::sort(expected.begin(), expected.end());
        CHECK(of_class(chosen, labels, static_cast<int>(c)) == expected);
    }
    // Two of eight against all pairs: at least 1 - 1/e of the best.
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto small = random_kernel(8, kind::negative, seed);
        const auto covered = [&](index_t a, index_t b) {
            return small.row(a).cwiseMax(small.row(b)).cwiseMax(0.0).sum();
        };
        double best = 0;
        for (index_t a = 0; a < 8; ++a)
            for (index_t b = 0; b < a; ++b) best = std::max(best, covered(a, b));
        const auto pair = facility_location{.ratio = 0.25}(matrix_similarity(small)).kept;
        REQUIRE(pair.size() == 2);
        CHECK(covered(pair[0], pair[1]) >= (1 - std::exp(-1.0)) * best);
    }
}
