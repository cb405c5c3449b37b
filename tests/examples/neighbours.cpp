#include "experiments/neighbours.hpp"

#include "support/catch.hpp"

using lpntk::index_t, lpntk::vector;

TEST_CASE("neighbours come in order of similarity, without the target") {
    vector<double> similarity(10);
    similarity << 5, 9, 1, 8, 3, 3, 7, 2, 4, 6;
    const auto groups = experiments::neighbours_by_similarity<double>(similarity, 1, 2);
    CHECK(groups.interchangeable == std::vector<index_t>{3, 6});
    CHECK(groups.medium == std::vector<index_t>{0, 8});  // of 3 6 9 0 8 4 5 7 2, from (9 - 2) / 2 = 3
    CHECK(groups.non_interchangeable == std::vector<index_t>{7, 2});
    CHECK_THROWS_AS(experiments::neighbours_by_similarity<double>(similarity, 1, 4), lpntk::argument_error);
    CHECK_THROWS_AS(experiments::neighbours_by_similarity<double>(similarity, 10, 1), lpntk::argument_error);
}
