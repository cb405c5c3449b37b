#include <lpntk/statistics/estimate.hpp>

#include <cmath>
#include <vector>

#include <lpntk/core/random.hpp>

#include "support/catch.hpp"

using values = std::vector<double>;

TEST_CASE("Student's t has the values of the tables") {
    const auto agrees = [](double found, double expected) { return std::abs(found - expected) < 1e-8 * expected; };
    CHECK(agrees(lpntk::student_t(0.95, 1), 12.706204736175));
    CHECK(agrees(lpntk::student_t(0.95, 2), 4.302652729749));
    CHECK(agrees(lpntk::student_t(0.95, 3), 3.182446305284));
    CHECK(agrees(lpntk::student_t(0.95, 4), 2.776445105198));
    CHECK(agrees(lpntk::student_t(0.95, 9), 2.262157162798));
    CHECK(agrees(lpntk::student_t(0.95, 30), 2.042272456301));
    CHECK(agrees(lpntk::student_t(0.95, 100000), 1.959987707535));
    CHECK(agrees(lpntk::student_t(0.99999, 1), 63661.977231105));
    CHECK(agrees(lpntk::student_t(0.99999, 29), 5.334970094943));
    CHECK(agrees(lpntk::student_t(0.5, 1), 1));
    CHECK_THROWS_AS(lpntk::student_t(0.95, 0), lpntk::argument_error);
    CHECK_THROWS_AS(lpntk::student_t(1, 3), lpntk::argument_error);
    CHECK_THROWS_AS(lpntk::student_t(0, 3), lpntk::argument_error);
}

TEST_CASE("the mean and its interval, worked by hand") {
    const auto found = lpntk::mean_with_interval(values{1, 2, 3, 6});
    CHECK(found.value == 3);
    const double half = 3.182446305284 * std::sqrt(14.0 / 3 / 4);
    CHECK(std::abs(found.low - (3 - half)) < 1e-8);
    CHECK(std::abs(found.high - (3 + half)) < 1e-8);
    CHECK(lpntk::mean_with_interval(values{1, 2, 3, 6}, 0.5).high < found.high);

    const auto same = lpntk::mean_with_interval(values{0.1, 0.1, 0.1});
    CHECK(std::abs(same.low - same.high) < 1e-15);
    const auto single = lpntk::mean_with_interval(values{7});
    CHECK((single.value == 7 && std::isnan(single.low) && std::isnan(single.high)));
    CHECK_THROWS_WITH(lpntk::mean_with_interval({}), "mean_with_interval: number of values is 0, must be >= 1");
    CHECK_THROWS_AS(lpntk::mean_with_interval(values{1, 2}, 1), lpntk::argument_error);
}

TEST_CASE("intervals of a few normal values hold the true mean as often as they say") {
    for (const int seeds : {2, 3, 10}) {
        int held = 0;
        for (std::uint64_t trial = 0; trial < 2000; ++trial) {
            lpntk::random_stream draw(11, trial);
            values of_seeds;
            for (int i = 0; i < seeds; ++i) of_seeds.push_back(5 + 2 * draw.normal());
            const auto found = lpntk::mean_with_interval(of_seeds, 0.9);
            held += found.low <= 5 && 5 <= found.high;
        }
        INFO(seeds);
        CHECK(std::abs(held - 1800) < 54);  // four standard deviations
    }
}
