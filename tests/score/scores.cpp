#include <lpntk/score/scores.hpp>

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using lpntk::score::scores;

TEST_CASE("scores are averaged over seeds") {
    const auto mean = lpntk::mean_score(3, 5, [](std::uint64_t seed) {
        return scores{static_cast<double>(seed), seed == 6 ? std::numeric_limits<double>::infinity() : 0.0};
    });
    CHECK(mean == scores{6, std::numeric_limits<double>::infinity()});
    CHECK_THROWS_WITH(lpntk::mean_score(0, 1, [](std::uint64_t) { return scores{1}; }),
                      "mean_score: count is 0, must be >= 1");
    CHECK_THROWS_WITH(lpntk::mean_score(2, 1, [](std::uint64_t seed) { return scores(seed); }),
                      "mean_score: length of a score is 2, must be 1");
}
