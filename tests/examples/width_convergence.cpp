#include "experiments/width_convergence.hpp"

#include <cmath>

#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::vector;

TEST_CASE("the gap of a block that is its limit is zero, but for two labels by (K - 4)/K") {
    const matrix<double> limit = 2.5 * matrix<double>::Identity(10, 10);
    const auto same = experiments::gap_of_block(limit, 3, 3), different = experiments::gap_of_block(limit, 3, 4);
    CHECK(same.kernel < 1e-15);
    CHECK(same.centred < 1e-15);
    CHECK(same.identity < 1e-15);
    CHECK(std::abs(different.kernel - 0.4) < 1e-15);  // |6/10 - 1|
    CHECK(different.centred < 1e-15);

    matrix<double> block(2, 2);
    block << 3, 1, 0, 1;  // m = 2; for labels 0 and 0 kappa = (3 - 1 - 0 + 1) / 2
    CHECK(std::abs(experiments::gap_of_block(block, 0, 0).kernel - 0.25) < 1e-15);
    CHECK(std::abs(experiments::gap_of_block(block, 0, 0).identity - std::sqrt(0.25 + 0.25 + 0.25)) < 1e-15);
    CHECK(std::abs(experiments::gap_of_block(block, 0, 1).centred - 0.25) <
          1e-15);  // kappa = (-3 + 1 + 0 - 1)/2, c m = -2
}

TEST_CASE("a known power of the width is found") {
    experiments::gaps_by_width gaps;
    lpntk::random_stream draw(1);
    for (const double width : {32.0, 64.0, 128.0, 256.0}) {
        gaps.widths.push_back(width);
        gaps.gaps.emplace_back();
        for (int s = 0; s < 8; ++s)
            gaps.gaps.back().push_back({.kernel = std::pow(width, -0.7) * (1 + 0.2 * draw.normal())});
    }
    const auto slope = gaps.slope(&experiments::width_gap::kernel, {.seed = 1});
    CHECK(std::abs(slope.value + 0.7) < 0.1);
    CHECK(slope.low < -0.7);
    CHECK(slope.high > -0.7);
    CHECK(slope.high - slope.low < 0.4);
}

TEST_CASE("gaps are those of the explicit Jacobians, and fall as the root of the width") {
    lpntk::dataset<double> data{models::random_matrix(8, 5, 1), {0, 1, 2, 0, 1, 2, 3, 4}, 5, {1, 1, 5}};
    const auto make = [](index_t width, std::uint64_t seed) { return lpntk::nn::ntk_mlp<double>({5, width, 5}, seed); };
    const auto found = experiments::width_convergence{.widths = {8, 16}, .seeds = 2, .first_seed = 3}(data, make);

    const auto net = make(16, lpntk::random_stream(3, 3).bits());  // the last network
    experiments::width_gap same, different;
    for (index_t i = 0; i < 8; ++i)
        for (index_t j = 0; j < i; ++j) {
            matrix<double> a(5, net.parameters()), b(5, net.parameters());
            net.jacobian(data.inputs.row(i).transpose(), a);
            net.jacobian(data.inputs.row(j).transpose(), b);
            const int y = data.labels[static_cast<std::size_t>(i)], other = data.labels[static_cast<std::size_t>(j)];
            (y == other ? same : different) += experiments::gap_of_block(a * b.transpose(), y, other);
        }
    CHECK(std::abs(found.same_label.gaps[1][1].kernel - same.kernel / 3) < 1e-10);
    CHECK(std::abs(found.same_label.gaps[1][1].identity - same.identity / 3) < 1e-10);
    CHECK(std::abs(found.different_label.gaps[1][1].centred - different.centred / 25) < 1e-10);

    const auto wide = experiments::width_convergence{.widths = {32, 64, 128, 256, 512}, .seeds = 12}(data, make);
    CHECK(std::abs(wide.same_label.slope(&experiments::width_gap::kernel).value + 0.5) < 0.15);
    CHECK(std::abs(wide.different_label.slope(&experiments::width_gap::centred).value + 0.5) < 0.15);
    CHECK(std::abs(wide.same_label.slope(&experiments::width_gap::identity).value + 0.5) < 0.15);
    CHECK(wide.different_label.slope(&experiments::width_gap::kernel).value > -0.25);  // it tends to 4/K, not to 0

    data.labels = {0, 1, 2, 3, 4, 0, 1, 2};
    data.labels.assign(8, 0);
    CHECK_THROWS_AS((experiments::width_convergence{.widths = {8, 16}, .seeds = 1}(data, make)), lpntk::argument_error);
}
