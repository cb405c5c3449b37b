#include <lpntk/lpntk.hpp>

#include "link/second_unit.hpp"
#include "support/catch.hpp"

// Two units include everything; that this program links shows that nothing is defined twice.

TEST_CASE("two units share one definition of an inline function") {
    REQUIRE(second_unit::worker_count() == &lpntk::worker_count);
}

TEST_CASE("an error thrown in one unit is caught by its type in another") {
    REQUIRE_THROWS_AS(second_unit::throws_argument_error(), lpntk::argument_error);
}
