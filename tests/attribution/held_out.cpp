#include <lpntk/attribution/held_out.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using testing::bare_similarity;
using testing::message_of;
using testing::random_kernel;

std::vector<int> labels_of(index_t count) {
    std::vector<int> labels;
    for (index_t i = 0; i < count; ++i) labels.push_back(static_cast<int>(i * i % 7) % 3);
    return labels;
}

}  // namespace

TEST_CASE("held out: every item by the kept ones but itself, as fits without it predict") {
    const index_t count = 60;
    matrix<double> kappa = random_kernel(count, testing::kind::smooth, 3);
    const vector<double> norms = kappa.diagonal().cwiseSqrt().cwiseInverse();
    kappa = norms.asDiagonal() * kappa * norms.asDiagonal();  // so that no fit has another scale
    const auto labels = labels_of(count);
    std::vector<index_t> kept;
    for (const index_t i : {41, 3, 7, 58, 0, 12, 30, 31, 22}) kept.push_back(i);
    const kernel_ridge ridge{.lambdas = {0.1}, .bias = 0.5, .threads = 2};
    const auto found = held_out(ridge, bare_similarity(kappa), {labels, 3}, kept);
    REQUIRE((found.rows() == count && found.cols() == 3));
    for (index_t i = 0; i < count; ++i) {
        std::vector<index_t> others;
        std::copy_if(kept.begin(), kept.end(), std::back_inserter(others), [&](index_t k) { return k != i; });
        const matrix<double> part = kappa(others, others);
        const matrix<double> targets = one_hot({labels, 3})(others, Eigen::all);
        const matrix<double> row = kappa(std::vector<index_t>{i}, others);
        const auto expected = ridge(matrix_similarity(part), targets).predict(row);
        INFO("item " << i);
        CHECK((found.row(i) - expected.row(0)).cwiseAbs().maxCoeff() < 1e-9);
    }
    std::vector<index_t> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), index_t{0});
    CHECK(held_out(ridge, matrix_similarity(kappa), {labels, 3}, all) ==
          ridge(matrix_similarity(kappa), {labels, 3}).leave_one_out);
    for (const int threads : {1, 3})
        CHECK(held_out({.lambdas = {0.1}, .bias = 0.5, .threads = threads}, bare_similarity(kappa), {labels, 3},
                       kept) == found);
}

TEST_CASE("held out: kept items are distinct items") {
    const matrix<double> kappa = matrix<double>::Identity(3, 3);
    const std::vector<int> labels = {0, 1, 0};
    const auto message = [&](std::vector<index_t> kept) {
        return message_of([&] { held_out({}, bare_similarity(kappa), {labels, 2}, kept); });
    };
    CHECK(message({}) == "held_out: number of kept items is 0, must be >= 1");
    CHECK(message({0, 3}) == "held_out: kept item is 3, must be in [0, 3)");
    CHECK(message({0, -1}) == "held_out: kept item is -1, must be in [0, 3)");
    CHECK(message({1, 0, 1}) == "held_out: kept item is 1, must be named once");
}
