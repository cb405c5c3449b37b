#include <lpntk/core/per_class.hpp>

#include "support/catch.hpp"

using lpntk::index_t;
using lpntk::per_class;

TEST_CASE("results by class know their classes and items") {
    const per_class<int> found{{{0, 2}, {}, {1}}, {7, 8, 9}};
    CHECK(found.classes() == 3);
    CHECK(found.items() == 3);
    CHECK_NOTHROW(lpntk::require_results(found, "f", "numbers"));
    const per_class<int> short_of_one{{{0}, {1}}, {7}};
    CHECK_THROWS_WITH(lpntk::require_results(short_of_one, "f", "numbers"),
                      "f: number of numbers is 1, must be the number of classes, 2");
    CHECK_THROWS_WITH(lpntk::require_results(per_class<int>{}, "f", "numbers"),
                      "f: number of classes is 0, must be >= 1");
}

TEST_CASE("a whole set is one class of all items") {
    const auto whole = lpntk::whole_set(std::string("all"), 3);
    CHECK(whole.indices == std::vector<std::vector<index_t>>{{0, 1, 2}});
    CHECK(whole.results == std::vector<std::string>{"all"});
}
