#include <lpntk/cluster/single_linkage.hpp>
#include <lpntk/cluster/spanning_tree.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

/// The similarities along a maximum spanning tree, by Prim's algorithm on the whole matrix; descending.
std::vector<double> prim(const matrix<double>& kappa) {
    std::vector<double> nearest, picked;
    for (index_t i = 0; i < kappa.rows(); ++i) nearest.push_back(kappa(0, i));
    std::vector<bool> inside(nearest.size(), false);
    inside[0] = true;
    for (std::size_t step = 1; step < nearest.size(); ++step) {
        std::size_t best = 0;
        for (std::size_t i = 0; i < nearest.size(); ++i)
            if (!inside[i] && (inside[best] || nearest[i] > nearest[best])) best = i;
        inside[best] = true;
        picked.push_back(nearest[best]);
        for (std::size_t i = 0; i < nearest.size(); ++i)
            nearest[i] = std::max(nearest[i], kappa(static_cast<index_t>(best), static_cast<index_t>(i)));
    }
    std::sort(picked.rbegin(), picked.rend());
    return picked;
}

/// Connected components of the pairs at least this similar, numbered by their lowest item.
std::vector<index_t> components(const matrix<double>& kappa, double similarity) {
    std::vector<index_t> number(static_cast<std::size_t>(kappa.rows()), -1);
    index_t found = 0;
    for (index_t start = 0; start < kappa.rows(); ++start) {
        if (number[static_cast<std::size_t>(start)] >= 0) continue;
        std::vector<index_t> open{start};
        number[static_cast<std::size_t>(start)] = found;
        while (!open.empty()) {
            const index_t i = open.back();
            open.pop_back();
            for (index_t j = 0; j < kappa.rows(); ++j)
                if (kappa(i, j) >= similarity && number[static_cast<std::size_t>(j)] < 0) {
                    number[static_cast<std::size_t>(j)] = found;
                    open.push_back(j);
                }
        }
        ++found;
    }
    return number;
}

}  // namespace

TEST_CASE("the maximum spanning tree: spans, of real edges, as heavy as Prim's") {
    for (std::uint64_t seed = 0; seed < 25; ++seed)
        for (const kind what : testing::all_kinds)
            for (const index_t items : {1, 2, 3, 30}) {
                const auto kappa = random_kernel(items, what, seed);
                const auto edges = maximum_spanning_tree{}(matrix_similarity(kappa));
                REQUIRE(static_cast<index_t>(edges.size()) == items - 1);
                std::vector<double> similarities;
                std::vector<index_t> group(static_cast<std::size_t>(items));
                std::iota(group.begin(), group.end(), index_t{0});
                for (const tree_edge& edge : edges) {
                    REQUIRE(edge.a > edge.b);
                    CHECK(edge.similarity == kappa(edge.a, edge.b));
                    similarities.push_back(edge.similarity);
                    const index_t from = group[static_cast<std::size_t>(edge.a)],
                                  to = group[static_cast<std::size_t>(edge.b)];
                    CHECK(from != to);  // else a cycle
                    std::replace(group.begin(), group.end(), from, to);
                }
                CHECK(similarities == prim(kappa));
                CHECK(maximum_spanning_tree{.block = 7}(matrix_similarity(kappa)) == edges);
                CHECK(maximum_spanning_tree{}(testing::bare_similarity(kappa)) == edges);
            }
}

TEST_CASE("the maximum spanning tree asks for each row once") {
    const testing::counted_rows items{random_kernel(50, kind::smooth, 1)};
    maximum_spanning_tree{.block = 8}(items);
    CHECK(items.rows_given == 50);
    CHECK(items.requests == 7);
}

TEST_CASE("single linkage: SciPy's numbers") {
    for (const std::string n : {"2", "40"}) {
        std::ifstream file(std::string(LPNTK_TEST_DATA) + "/linkage_" + n + ".txt");
        index_t items = 0;
        REQUIRE(file >> items);
        matrix<double> kappa(items, items), expected(items - 1, 4);
        for (double& value : kappa.reshaped<Eigen::RowMajor>()) REQUIRE(file >> value);
        for (double& value : expected.reshaped<Eigen::RowMajor>()) REQUIRE(file >> value);
        const auto tree = single_linkage{}(matrix_similarity(kappa));
        REQUIRE(tree.linkage.rows() == items - 1);
        CHECK((tree.linkage - expected).cwiseAbs().maxCoeff() < 1e-9);
        CHECK(tree.top == kappa.diagonal().maxCoeff());
    }
}

TEST_CASE("single linkage: a linkage matrix that SciPy would accept, whatever the ties") {
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (const kind what : testing::all_kinds) {
            const index_t items = 25;
            const auto tree = single_linkage{}(matrix_similarity(random_kernel(items, what, seed)));
            std::vector<bool> used(static_cast<std::size_t>(2 * items), false);
            std::vector<double> sizes(static_cast<std::size_t>(2 * items), 1);
            for (index_t k = 0; k < items - 1; ++k) {
                const auto a = static_cast<std::size_t>(tree.linkage(k, 0)),
                           b = static_cast<std::size_t>(tree.linkage(k, 1));
                REQUIRE(a < b);
                REQUIRE(b < static_cast<std::size_t>(items + k));
                CHECK((!used[a] && !used[b]));
                used[a] = used[b] = true;
                sizes[static_cast<std::size_t>(items + k)] = sizes[a] + sizes[b];
                CHECK(tree.linkage(k, 3) == sizes[a] + sizes[b]);
                CHECK(tree.linkage(k, 2) >= (k == 0 ? 0 : tree.linkage(k - 1, 2)));
                CHECK(tree.linkage(k, 2) == tree.top - tree.similarities[static_cast<std::size_t>(k)]);
            }
            CHECK(tree.linkage(items - 2, 3) == static_cast<double>(items));
        }
}

TEST_CASE("cutting a tree by similarity leaves the connected components") {
    for (std::uint64_t seed = 0; seed < 15; ++seed)
        for (const kind what : testing::all_kinds) {
            const auto kappa = random_kernel(20, what, seed);
            const auto tree = single_linkage{}(matrix_similarity(kappa));
            for (const double similarity : {-100.0, 0.0, 1.0, tree.similarities[9], 4.0, 1000.0}) {
                const auto clusters = tree.cut_at_similarity(similarity);
                CHECK(clusters.assignment == components(kappa, similarity));
                CHECK_NOTHROW(require_valid(clusters, "test"));
            }
            for (index_t count = 1; count <= 20; ++count) {
                const auto clusters = tree.cut_to_count(count);
                CHECK(clusters.size() == count);
                CHECK_NOTHROW(require_valid(clusters, "test"));
                // Where there is no tie the cut by count is a cut by similarity.
                const auto merges = static_cast<std::size_t>(20 - count);
                const bool tied =
                    merges > 0 && merges < 19 && tree.similarities[merges - 1] == tree.similarities[merges];
                if (merges > 0 && !tied) CHECK(clusters == tree.cut_at_similarity(tree.similarities[merges - 1]));
            }
        }
    const auto tree = single_linkage{}(matrix_similarity(random_kernel(3, kind::smooth, 1)));
    CHECK_THROWS_AS(tree.cut_to_count(0), argument_error);
    CHECK_THROWS_AS(tree.cut_to_count(4), argument_error);
}

TEST_CASE("single linkage of one item, and of bad numbers") {
    const auto one = single_linkage{}(matrix_similarity(matrix<double>::Constant(1, 1, 2.0).eval()));
    CHECK(one.items() == 1);
    CHECK(one.cut_to_count(1).assignment == std::vector<index_t>{0});
    CHECK(one.cut_at_similarity(5).size() == 1);
    auto broken = random_kernel(5, kind::smooth, 1);
    broken(2, 3) = broken(3, 2) = NAN;
    CHECK_THROWS_WITH(single_linkage{}(testing::bare_similarity(broken)),
                      "maximum_spanning_tree: the similarity of items 2 and 3 is NaN or infinite");
}
