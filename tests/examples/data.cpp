#include <support/data.hpp>

#include <lpntk/core/require.hpp>

#include "support/catch.hpp"

TEST_CASE("a class with too few samples is named, and what to do") {
    const lpntk::dataset<float> data{lpntk::matrix<float>::Zero(5, 1), {0, 1, 1, 0, 0}, 2, {1, 1, 1}};
    REQUIRE_NOTHROW(examples::require_per_class(data, 2));
    std::string message;
    try {
        examples::require_per_class(data, 3);
    } catch (const lpntk::argument_error& error) {
        message = error.what();
    }
    REQUIRE(message == "--samples 5: number of training samples of class 1 is 2, must be >= 3: ask for more --samples");
}
