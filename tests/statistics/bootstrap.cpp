#include <lpntk/statistics/bootstrap.hpp>

#include <cmath>
#include <vector>

#include <lpntk/core/random.hpp>
#include <lpntk/statistics/correlation.hpp>

#include "support/catch.hpp"

using values = std::vector<double>;

TEST_CASE("bootstrap intervals hold the true correlation about as often as they say") {
    constexpr double rho = 0.6;
    int held = 0;
    for (std::uint64_t trial = 0; trial < 100; ++trial) {
        lpntk::random_stream draw(7, trial);
        values x, y;
        for (int i = 0; i < 200; ++i) {
            x.push_back(draw.normal());
            y.push_back(rho * x.back() + std::sqrt(1 - rho * rho) * draw.normal());
        }
        const auto found = lpntk::with_interval(lpntk::pearson, x, y, {.level = 0.9, .resamples = 200, .seed = trial});
        REQUIRE(found.low < found.value);
        REQUIRE(found.value < found.high);
        held += found.low <= rho && rho <= found.high;
    }
    CHECK(held >= 80);
    CHECK(held <= 98);
}

TEST_CASE("bootstrap is repeatable by seed") {
    const values x{1, 2, 3, 4, 5, 6}, y{2, 1, 4, 3, 6, 5};
    const auto of_seed = [&](std::uint64_t seed) {
        const auto e = lpntk::with_interval(lpntk::spearman, x, y, {.resamples = 50, .seed = seed});
        return std::vector<double>{e.value, e.low, e.high};
    };
    CHECK(of_seed(1) == of_seed(1));
    CHECK(of_seed(1) != of_seed(2));
    CHECK_THROWS_AS(lpntk::with_interval(lpntk::pearson, x, y, {.level = 1.5}), lpntk::argument_error);
}

TEST_CASE("bootstrap leaves out what is not finite, and says so when nothing is left") {
    const auto of_drawn = [](auto&& statistic) {
        return lpntk::bootstrap(4, statistic, {.resamples = 200, .seed = 1});
    };
    const auto sometimes = of_drawn([](std::span<const lpntk::index_t> drawn) { return drawn[0] == 0 ? NAN : 1.0; });
    CHECK(std::isnan(sometimes.value));  // of 0, 1, 2, 3 themselves
    CHECK((sometimes.low == 1 && sometimes.high == 1));
    const auto never = of_drawn([](std::span<const lpntk::index_t>) { return NAN; });
    CHECK((std::isnan(never.low) && std::isnan(never.high)));
    const auto one = [](std::span<const lpntk::index_t>) { return 1.0; };
    CHECK_THROWS_AS(lpntk::bootstrap(0, one), lpntk::argument_error);
    CHECK_THROWS_AS(lpntk::bootstrap(3, one, {.resamples = 0}), lpntk::argument_error);
    CHECK_THROWS_AS(lpntk::with_interval(lpntk::pearson, values{1, 2}, values{1}), lpntk::argument_error);
}
