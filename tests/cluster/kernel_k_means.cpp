#include <lpntk/cluster/kernel_k_means.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

/// Squared distance of item i to the mean of the members, from its definition.
double to_mean(const matrix<double>& kappa, index_t i, const std::vector<index_t>& members) {
    const auto n = static_cast<double>(members.size());
    double squared = kappa(i, i);
    for (const index_t j : members) {
        squared -= 2 * kappa(i, j) / n;
        for (const index_t k : members) squared += kappa(j, k) / (n * n);
    }
    return squared;
}

double objective(const matrix<double>& kappa, const clustering& clusters) {
    const auto members = clusters.members_by_cluster();
    double sum = 0;
    for (index_t i = 0; i < kappa.rows(); ++i)
        sum += to_mean(kappa, i, members[static_cast<std::size_t>(clusters.assignment[static_cast<std::size_t>(i)])]);
    return sum;
}

}  // namespace

TEST_CASE("kernel k-means: a fixed point, no worse than any round before it, for any number of threads") {
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (const kind what : testing::all_kinds)
            for (const index_t count : {1, 4, 30}) {
                const auto kappa = random_kernel(30, what, seed);
                const matrix_similarity items(kappa);
                const double scale = kappa.diagonal().sum();
                double before = std::numeric_limits<double>::infinity();
                for (const int rounds : {1, 2, 3, 100}) {
                    const auto clusters = kernel_k_means{.clusters = count, .seed = seed, .rounds = rounds}(items);
                    REQUIRE(clusters.size() == count);
                    CHECK_NOTHROW(require_valid(clusters, "test"));
                    const double now = objective(kappa, clusters);
                    CHECK(now <= before + 1e-9 * scale);
                    before = now;
                }
                const auto last = kernel_k_means{.clusters = count, .seed = seed, .threads = 1}(items);
                for (const int threads : {2, 3, 8})
                    CHECK(kernel_k_means{.clusters = count, .seed = seed, .threads = threads}(items) == last);
                const auto members = last.members_by_cluster();
                for (index_t i = 0; i < 30; ++i) {
                    const auto own = static_cast<std::size_t>(last.assignment[static_cast<std::size_t>(i)]);
                    for (std::size_t c = 0; c < members.size(); ++c)
                        CHECK(to_mean(kappa, i, members[own]) <= to_mean(kappa, i, members[c]) + 1e-9 * scale);
                    CHECK(to_mean(kappa, last.heads[own], members[own]) <=
                          to_mean(kappa, i, members[own]) + 1e-9 * scale);
                }
            }
}

TEST_CASE("kernel k-means finds groups that are far apart") {
    random_stream random(3);
    matrix<double> phi(40, 2);
    for (index_t i = 0; i < 40; ++i) {
        phi(i, 0) = 10.0 * static_cast<double>(i % 4 / 2) + random.normal();
        phi(i, 1) = 10.0 * static_cast<double>(i % 2) + random.normal();
    }
    const auto clusters =
        kernel_k_means{.clusters = 4, .seed = 1}(matrix_similarity<double>(phi.lazyProduct(phi.transpose())));
    CHECK(clusters.sizes() == std::vector<index_t>(4, 10));
    for (std::size_t i = 4; i < 40; ++i) CHECK(clusters.assignment[i] == clusters.assignment[i % 4]);
}

TEST_CASE("kernel k-means: bad arguments") {
    const matrix_similarity<double> items(random_kernel(4, kind::smooth, 1));
    CHECK_THROWS_AS(kernel_k_means{.clusters = 0}(items), argument_error);
    CHECK_THROWS_AS(kernel_k_means{.clusters = 5}(items), argument_error);
    CHECK_THROWS_AS((kernel_k_means{.clusters = 2, .rounds = 0}(items)), argument_error);
}

TEST_CASE("kernel k-means: of several starts the one of the lowest objective, which is what its definition says") {
    const auto kappa = random_kernel(40, kind::smooth, 5);
    const matrix_similarity items(kappa);
    double lowest = std::numeric_limits<double>::infinity();
    for (const int restarts : {1, 2, 5, 20}) {
        const auto found = kernel_k_means{.clusters = 8, .seed = 3, .restarts = restarts}.with_objective(items);
        CHECK(std::abs(found.objective - objective(kappa, found.clusters)) < 1e-9 * kappa.diagonal().sum());
        CHECK(found.objective <= lowest);
        lowest = found.objective;
    }
    CHECK(lowest < kernel_k_means{.clusters = 8, .seed = 3}.with_objective(items).objective);
    CHECK_THROWS_AS((kernel_k_means{.clusters = 2, .restarts = 0}(items)), argument_error);
}
