#include <lpntk/core/require.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

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

TEST_CASE("no bound holds for a NaN") {
    REQUIRE_THROWS_AS(lpntk::require(true, "f", "x", std::numeric_limits<float>::quiet_NaN(), "> 0"),
                      lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::require(true, "f", "x", std::numeric_limits<double>::quiet_NaN(), "> 0"),
                      lpntk::argument_error);
    lpntk::require(true, "f", "x", std::numeric_limits<double>::infinity(), "> 0");
}

TEST_CASE("a file error names the file first") {
    REQUIRE(std::string(lpntk::file_error("a.idx", "truncated").what()) == "a.idx: truncated");
}

TEST_CASE("a memory error says what for and how much") {
    REQUIRE(std::string(lpntk::memory_error("Gram", 3U << 20U).what()) ==
            "Gram: cannot allocate 3145728 bytes (3 MiB)");
    REQUIRE(std::string(lpntk::memory_error("Gram", (3U << 20U) + 1).what()) ==
            "Gram: cannot allocate 3145729 bytes (4 MiB)");
    REQUIRE(std::string(lpntk::memory_error("Gram", UINT64_MAX - 1).what()) ==
            "Gram: cannot allocate 18446744073709551614 bytes (17592186044416 MiB)");
    REQUIRE(std::string(lpntk::memory_error("Gram", UINT64_MAX).what()) == "Gram: cannot allocate 2^64 bytes or more");
}

TEST_CASE("the errors are kinds of standard exceptions") {
    REQUIRE_THROWS_AS(lpntk::require(false, "f", "x", 1, 2), std::invalid_argument);
    STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, lpntk::file_error>);
    STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, lpntk::numeric_error>);
    STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, lpntk::memory_error>);
}

TEMPLATE_TEST_CASE("every error is caught as lpntk::error and as std::exception, with one message", "",
                   lpntk::argument_error, lpntk::file_error, lpntk::numeric_error, lpntk::memory_error) {
    const auto fail = [] {
        if constexpr (std::is_same_v<TestType, lpntk::file_error>)
            throw lpntk::file_error("a", "b");
        else if constexpr (std::is_same_v<TestType, lpntk::memory_error>)
            throw lpntk::memory_error("a", 1);
        else
            throw TestType("a");
    };
    std::string ours, standard, own;
    try {
        fail();
    } catch (const lpntk::error& error) {
        ours = error.what();
    }
    try {
        fail();
    } catch (const std::exception& error) {
        standard = error.what();
    }
    try {
        fail();
    } catch (const TestType& error) {
        own = error.what();
    }
    REQUIRE(ours.front() == 'a');
    REQUIRE(ours == standard);
    REQUIRE(ours == own);
}
