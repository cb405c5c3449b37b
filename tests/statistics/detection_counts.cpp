#include <lpntk/statistics/detection_counts.hpp>

#include <cmath>

#include "support/catch.hpp"

TEST_CASE("precision, recall and F1 of events") {
    lpntk::detection_counts counts{.hits = 3, .false_alarms = 1, .misses = 2};
    CHECK(counts.precision() == 0.75);
    CHECK(counts.recall() == 0.6);
    CHECK(std::abs(counts.f1() - 2 * 0.75 * 0.6 / (0.75 + 0.6)) < 1e-15);
    counts += {.hits = 1};
    CHECK(counts.hits == 4);
    CHECK(lpntk::detection_counts{}.f1() == 0);
    counts.add(true, true);
    counts.add(true, false);
    counts.add(false, true);
    counts.add(false, false);
    CHECK((counts.hits == 5 && counts.false_alarms == 2 && counts.misses == 3));
}
