#include <lpntk/dynamics/correlation.hpp>

#include <cmath>

#include "support/catch.hpp"

using values = std::vector<double>;

TEST_CASE("Pearson and Spearman agree with values worked out by hand") {
    const values x{1, 2, 3, 4}, y{1, 3, 2, 10};
    // mean 2.5 and 4; xy = 1.5*3 + 0.5*1 - 0.5*2 + 1.5*6 = 13, xx = 5, yy = 9 + 1 + 4 + 36 = 50
    CHECK(std::abs(lpntk::pearson(x, y) - 13 / std::sqrt(250.0)) < 1e-15);
    // ranks 1 3 2 4: 1 - 6 * 2 / (4 * 15)
    CHECK(std::abs(lpntk::spearman(x, y) - 0.8) < 1e-15);
    CHECK(lpntk::ranks(values{5, 1, 5, 3}) == values{3.5, 1, 3.5, 2});
    CHECK(std::abs(lpntk::pearson(x, values{8, 6, 4, 2}) + 1) < 1e-15);
    CHECK(std::isnan(lpntk::pearson(x, values{2, 2, 2, 2})));
    CHECK(std::isnan(lpntk::pearson(values{1}, values{1})));
    CHECK_THROWS_AS(lpntk::pearson(x, values{1}), lpntk::argument_error);
}

TEST_CASE("Pearson keeps its digits far from zero") {
    values x, y;
    lpntk::random_stream draw(1);
    for (int i = 0; i < 100; ++i) {
        x.push_back(draw.normal());
        y.push_back(x.back() + draw.normal());
    }
    const double near = lpntk::pearson(x, y);
    for (double& v : x) v += 1e7;
    CHECK(std::abs(lpntk::pearson(x, y) - near) < 1e-6);
}

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
