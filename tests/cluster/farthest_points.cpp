#include <lpntk/cluster/farthest_points.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using namespace testing;

double nearness(const matrix<double>& kappa, head_distance distance, index_t i, index_t head) {
    if (distance == head_distance::by_similarity) return kappa(i, head);
    if (distance == head_distance::by_kernel_distance) return 2 * kappa(i, head) - kappa(i, i) - kappa(head, head);
    const double own_i = kappa(i, i) > 0 ? 1 / std::sqrt(kappa(i, i)) : 0;
    const double own_h = kappa(head, head) > 0 ? 1 / std::sqrt(kappa(head, head)) : 0;
    return kappa(i, head) * own_i * own_h;
}

/// The paper's algorithm word by word, on the whole matrix.
clustering direct(const matrix<double>& kappa, index_t heads, head_distance distance) {
    const index_t items = kappa.rows();
    clustering result;
    index_t head = 0;
    for (index_t i = 0; i < items; ++i)
        if (kappa(i, i) > kappa(head, head)) head = i;
    result.heads = {head};
    result.assignment.assign(static_cast<std::size_t>(items), 0);
    const auto is_head = [&](index_t i) {
        return std::find(result.heads.begin(), result.heads.end(), i) != result.heads.end();
    };
    const auto own = [&](index_t i) {
        const index_t cluster = result.assignment[static_cast<std::size_t>(i)];
        return nearness(kappa, distance, i, result.heads[static_cast<std::size_t>(cluster)]);
    };
    while (result.size() < heads) {
        double lowest = std::numeric_limits<double>::infinity();
        for (index_t i = 0; i < items; ++i)
            if (!is_head(i) && own(i) < lowest) lowest = own(head = i);
        result.heads.push_back(head);
        const index_t made = result.size() - 1;
        result.assignment[static_cast<std::size_t>(head)] = made;
        for (index_t i = 0; i < items; ++i)
            if (!is_head(i) && nearness(kappa, distance, i, head) > own(i))
                result.assignment[static_cast<std::size_t>(i)] = made;
    }
    return result;
}

const head_distance all_distances[] = {head_distance::by_similarity, head_distance::by_kernel_distance,
                                       head_distance::by_cosine};

}  // namespace

TEST_CASE("farthest points: the example worked by hand") {
    matrix<double> kappa(4, 4);
    kappa << 30, 25, 15, 14, 25, 22, 12, 10, 15, 12, 23, 18, 14, 10, 18, 24;
    const auto clusters = farthest_points{.heads = 2}(matrix_similarity(kappa));
    CHECK(clusters.heads == std::vector<index_t>{0, 3});
    CHECK(clusters.members(0) == std::vector<index_t>{0, 1});
    CHECK(clusters.members(1) == std::vector<index_t>{2, 3});
}

TEST_CASE("farthest points: the same as the algorithm word by word, whatever is prefetched") {
    for (std::uint64_t seed = 0; seed < 12; ++seed)
        for (const kind what : all_kinds)
            for (const head_distance distance : all_distances)
                for (const index_t items : {1, 2, 7, 40}) {
                    const auto kappa = random_kernel(items, what, seed);
                    for (const index_t heads : {index_t{1}, (items + 1) / 2, items}) {
                        INFO("seed " << seed << " kind " << int(what) << " items " << items << " heads " << heads);
                        const auto expected = direct(kappa, heads, distance);
                        const farthest_points one{.heads = heads, .distance = distance, .prefetch = 1};
                        const farthest_points few{.heads = heads, .distance = distance, .prefetch = 3};
                        const farthest_points many{.heads = heads, .distance = distance, .prefetch = 64};
                        CHECK(one(bare_similarity(kappa)) == expected);
                        CHECK(one(matrix_similarity(kappa)) == expected);
                        CHECK(few(matrix_similarity(kappa)) == expected);
                        CHECK(many(matrix_similarity(kappa)) == expected);
                        CHECK(many(bare_similarity(kappa)) == expected);
                    }
                }
}

TEST_CASE("farthest points: every head is its own, and once") {
    for (const kind what : all_kinds) {
        const auto clusters = farthest_points{.heads = 30}(matrix_similarity(random_kernel(30, what, 3)));
        auto heads = clusters.heads;
        std::sort(heads.begin(), heads.end());
        CHECK(std::adjacent_find(heads.begin(), heads.end()) == heads.end());
        CHECK(clusters.sizes() == std::vector<index_t>(30, 1));
    }
}

TEST_CASE("farthest points by kernel distance: within twice the best radius") {
    // The best 2-centre of 9 items by trying all pairs.
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto kappa = random_kernel(9, kind::smooth, seed);
        const auto squared = [&](index_t i, index_t j) { return kappa(i, i) + kappa(j, j) - 2 * kappa(i, j); };
        double best = std::numeric_limits<double>::infinity();
        for (index_t a = 0; a < 9; ++a)
            for (index_t b = 0; b < a; ++b) {
                double radius = 0;
                for (index_t i = 0; i < 9; ++i) radius = std::max(radius, std::min(squared(i, a), squared(i, b)));
                best = std::min(best, radius);
            }
        const auto clusters =
            farthest_points{.heads = 2, .distance = head_distance::by_kernel_distance}(matrix_similarity(kappa));
        double radius = 0;
        for (index_t i = 0; i < 9; ++i)
            radius = std::max(
                radius,
                squared(i, clusters.heads[static_cast<std::size_t>(clusters.assignment[static_cast<std::size_t>(i)])]));
        CHECK(std::sqrt(radius) <= 2 * std::sqrt(best) * (1 + 1e-12));
    }
}

TEST_CASE("farthest points: rows computed and rows needed") {
    const counted_rows one_by_one{random_kernel(300, kind::smooth, 1)};
    farthest_points{.heads = 60, .prefetch = 1}(one_by_one);
    CHECK(one_by_one.rows_given == 60);
    CHECK(one_by_one.requests == 60);

    const counted_rows ahead{one_by_one.values};
    farthest_points{.heads = 60, .prefetch = 16}(ahead);
    CHECK(ahead.requests < 60);
    CHECK(ahead.rows_given <= 16 * ahead.requests);
    CHECK(ahead.rows_given >= 60);

    const counted_rows single{one_by_one.values};
    farthest_points{.heads = 1, .prefetch = 16}(single);
    CHECK(single.rows_given == 1);
}

TEST_CASE("farthest points: bad arguments and bad numbers") {
    const matrix_similarity<double> items(random_kernel(5, kind::smooth, 1));
    CHECK_THROWS_WITH(farthest_points{.heads = 6}(items),
                      "farthest_points: heads is 6, must be in [1, number of items = 5]");
    CHECK_THROWS_AS(farthest_points{.heads = 0}(items), argument_error);
    CHECK_THROWS_AS((farthest_points{.heads = 1, .prefetch = 0}(items)), argument_error);
    CHECK_THROWS_AS(farthest_points{.heads = 1}(bare_similarity(matrix<double>(0, 0))), argument_error);

    auto broken = random_kernel(5, kind::smooth, 1);
    broken(2, 3) = broken(3, 2) = std::nan("");
    CHECK(message_of([&] { farthest_points{.heads = 5}(bare_similarity(broken)); }).find("of items") !=
          std::string::npos);
    CHECK_THROWS_AS(farthest_points{.heads = 5}(bare_similarity(broken)), numeric_error);
    broken(3, 3) = INFINITY;
    CHECK_THROWS_WITH(farthest_points{.heads = 5}(bare_similarity(broken)),
                      "farthest_points: the self-similarity of item 3 is NaN or infinite");
}

TEST_CASE("farthest points: a share of the items, rounded up, is their number") {
    for (const index_t items : {1, 7, 10, 29, 70}) {
        const matrix_similarity<double> kappa(random_kernel(items, kind::smooth, 1));
        CHECK(farthest_points{.share = 0.1}(kappa) == farthest_points{.heads = (items + 9) / 10}(kappa));
        CHECK(farthest_points{.share = 1}(kappa).size() == items);
        CHECK(farthest_points{.share = 1e-9}(kappa).size() == 1);
    }
}

TEST_CASE("farthest points: either heads or a share, and a share in (0, 1]") {
    const matrix_similarity<double> items(random_kernel(5, kind::smooth, 1));
    const std::string rule = ", must be exactly one: how many heads, or what share of the items";
    CHECK_THROWS_WITH(farthest_points{}(items), "farthest_points: what is given of heads and share is neither" + rule);
    CHECK_THROWS_WITH((farthest_points{.heads = 2, .share = 0.1}(items)),
                      "farthest_points: what is given of heads and share is both" + rule);
    CHECK_THROWS_WITH(farthest_points{.share = 1.5}(items), "farthest_points: share is 1.5, must be in (0, 1]");
    CHECK_THROWS_AS(farthest_points{.share = 0}(items), argument_error);
    CHECK_THROWS_AS(farthest_points{.share = std::nan("")}(items), argument_error);
}

TEST_CASE("farthest points: reports every head") {
    std::vector<index_t> seen;
    farthest_points{.heads = 3, .report = [&](index_t done, index_t total) {
                        CHECK(total == 3);
                        seen.push_back(done);
                    }}(matrix_similarity(random_kernel(5, kind::ties, 1)));
    CHECK(seen == std::vector<index_t>{1, 2, 3});
}
