#include <lpntk/select/by_score.hpp>

#include <cmath>
#include <vector>

#include "support/catch.hpp"

using namespace lpntk;

TEST_CASE("by score: the right end, of each class or of all, ties to the lower index") {
    const std::vector<double> scores{3, 1, 3, INFINITY, 2, -INFINITY};
    const std::vector<int> labels{0, 0, 1, 1, 1, 0};
    CHECK(by_score{.ratio = 0.5}(scores).kept == std::vector<index_t>{0, 2, 3});
    CHECK(by_score{.ratio = 0.34}(scores).kept == std::vector<index_t>{0, 3});
    CHECK(by_score{.ratio = 0.5, .keep = score_end::lowest}(scores).kept == std::vector<index_t>{1, 4, 5});
    CHECK(by_score{.ratio = 0.34}(scores, {labels, 2}).kept == std::vector<index_t>{0, 3});
    CHECK(by_score{.ratio = 0.34, .keep = score_end::lowest}(scores, {labels, 2}).kept == std::vector<index_t>{4, 5});
    const auto one_each = by_score{.ratio = 0.01}(scores, {labels, 2});
    CHECK(one_each.kept_per_class == std::vector<index_t>{1, 1});
    CHECK_THROWS_WITH(by_score{.ratio = 0.5}(std::vector<double>{1, NAN}),
                      "by_score: score of a sample is NaN (sample 1), must be a number");
    CHECK_THROWS_AS(by_score{}(scores, std::vector<int>{0, 1}), argument_error);
    CHECK_THROWS_AS(by_score{}(scores, {labels, 3}), argument_error);  // class 2 is empty
    CHECK_THROWS_AS(by_score{}(std::vector<double>{}), argument_error);
}
