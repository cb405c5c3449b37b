#include <lpntk/statistics/linear_datamodeling.hpp>

#include <cmath>
#include <limits>

#include <lpntk/core/random.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::linear_datamodeling_scores;

namespace {

struct linear_world {
    std::vector<std::vector<index_t>> subsets;
    matrix<double> truth;    // M x N: what each sample really does
    matrix<double> outputs;  // S x M: sums of it, and noise
};

linear_world made(double noise) {
    constexpr index_t samples = 30, tests = 40, sets = 60;
    linear_world world{{}, matrix<double>(tests, samples), matrix<double>::Zero(sets, tests)};
    lpntk::random_stream random(4);
    for (double& value : world.truth.reshaped()) value = random.normal();
    for (index_t s = 0; s < sets; ++s) {
        auto& subset = world.subsets.emplace_back();
        for (index_t i = 0; i < samples; ++i)
            if (random.uniform() < 0.5) subset.push_back(i);
        for (index_t m = 0; m < tests; ++m) {
            for (const index_t i : subset) world.outputs(s, m) += world.truth(m, i);
            world.outputs(s, m) += noise * random.normal();
        }
    }
    return world;
}

double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("where outputs are sums of what samples do, the truth scores 1, whatever its scale and offset") {
    const auto world = made(0);
    for (const double score : linear_datamodeling_scores(world.outputs, world.subsets, 7 * world.truth))
        CHECK(std::abs(score - 1) < 1e-12);
    const matrix<double> warped = world.outputs.array().exp();  // ranks alone count
    CHECK(std::abs(mean(linear_datamodeling_scores(warped, world.subsets, world.truth)) - 1) < 1e-12);
    CHECK(std::abs(mean(linear_datamodeling_scores(world.outputs, world.subsets, -world.truth)) + 1) < 1e-12);
}

TEST_CASE("noise lowers the score as it lowers a correlation, and what knows nothing scores 0") {
    const double spread = std::sqrt(30 * 0.25);  // of the sum over a random half of 30 normal numbers
    const double noisy = mean(linear_datamodeling_scores(made(spread).outputs, made(spread).subsets, made(0).truth));
    CHECK(std::abs(noisy - 1 / std::sqrt(2.0)) < 0.08);
    matrix<double> nothing(40, 30);
    lpntk::random_stream random(9);
    for (double& value : nothing.reshaped()) value = random.normal();
    CHECK(std::abs(mean(linear_datamodeling_scores(made(0).outputs, made(0).subsets, nothing))) < 0.08);
}

TEST_CASE("constant attributions have no score, and sizes that differ are refused") {
    auto world = made(0);
    CHECK(std::isnan(linear_datamodeling_scores(world.outputs, world.subsets, matrix<double>::Zero(40, 30)).front()));
    const auto message = [&] {
        return test::message_of<lpntk::argument_error>(
            [&] { linear_datamodeling_scores(world.outputs, world.subsets, world.truth); });
    };
    world.subsets[3].push_back(30);
    CHECK(test::says(message(), "sample of subset 3 is 30, must be in [0, 30)"));
    world.subsets.pop_back();
    CHECK(test::says(message(), "rows of the outputs is 60, must be the number of subsets, 59"));
    world.subsets.resize(1);
    CHECK(test::says(message(), "number of subsets is 1, must be >= 2"));
    auto broken = made(0);
    broken.truth(2, 5) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(linear_datamodeling_scores(broken.outputs, broken.subsets, broken.truth), lpntk::numeric_error);
}
