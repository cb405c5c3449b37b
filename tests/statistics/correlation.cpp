#include <lpntk/statistics/correlation.hpp>

#include <cmath>
#include <vector>

#include <lpntk/core/random.hpp>

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

TEST_CASE("running correlation has the value of all pairs at once, after each of them") {
    lpntk::random_stream draw(3);
    lpntk::running_correlation sums;
    values x, y;
    CHECK(std::isnan(sums.value()));
    for (int n = 1; n <= 50; ++n) {
        x.push_back(draw.normal());
        y.push_back(draw.normal() - x.back());
        sums.add(x.back(), y.back());
        CHECK(sums.count() == n);
        if (n < 2) continue;
        double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
        for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
        for (std::size_t i = 0; i < x.size(); ++i) {
            xx += (x[i] - mx) * (x[i] - mx);
            yy += (y[i] - my) * (y[i] - my);
            xy += (x[i] - mx) * (y[i] - my);
        }
        CHECK(std::abs(sums.value() - xy / std::sqrt(xx * yy)) < 1e-12);
    }
}
