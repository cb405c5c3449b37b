#include <lpntk/core/require.hpp>

#include "support/catch.hpp"

namespace {

struct unprintable {
    friend std::ostream& operator<<(std::ostream& out, const unprintable&) {
        FAIL("a message was made though the check held");
        return out;
    }
};

}  // namespace

TEST_CASE("require names function, argument, value and bound") {
    try {
        lpntk::require(false, "gram", "tile", 0, ">= 1");
        FAIL("nothing was thrown");
    } catch (const lpntk::argument_error& error) {
        REQUIRE(std::string(error.what()) == "gram: tile is 0, must be >= 1");
    }
}

TEST_CASE("require makes no message when the check holds") {
    lpntk::require(true, "f", "x", unprintable{}, unprintable{});
    SUCCEED();
}

TEST_CASE("a file error names the file first") {
    REQUIRE(std::string(lpntk::file_error("a.idx", "truncated").what()) == "a.idx: truncated");
}

TEST_CASE("the errors are kinds of standard exceptions") {
    REQUIRE_THROWS_AS(lpntk::require(false, "f", "x", 1, 2), std::invalid_argument);
    STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, lpntk::file_error>);
    STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, lpntk::numeric_error>);
}
