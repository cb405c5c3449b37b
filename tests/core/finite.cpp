#include <lpntk/core/finite.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

TEMPLATE_TEST_CASE("finite numbers are told from their bits", "[finite]", float, double) {
    using T = TestType;
    using limits = std::numeric_limits<T>;
    for (const T x : {T(0), T(-0.0), T(1), limits::max(), limits::lowest(), limits::min(), limits::denorm_min()})
        CHECK(lpntk::is_finite(x));
    for (const T x :
         {limits::infinity(), -limits::infinity(), limits::quiet_NaN(), -limits::quiet_NaN(), limits::signaling_NaN()})
        CHECK_FALSE(lpntk::is_finite(x));
    for (const T x : {limits::quiet_NaN(), -limits::quiet_NaN(), limits::signaling_NaN()}) CHECK(lpntk::is_nan(x));
    for (const T x : {T(0), T(-0.0), limits::lowest(), limits::infinity(), -limits::infinity()})
        CHECK_FALSE(lpntk::is_nan(x));
}

TEMPLATE_TEST_CASE("the first number that is not finite is found wherever it stands", "[finite]", float, double) {
    using T = TestType;
    std::vector<T> values(37, T(2));
    CHECK(lpntk::all_finite(values.data(), 37));
    CHECK(lpntk::first_not_finite(values.data(), 37) == 37);
    CHECK(lpntk::all_finite(values.data(), 0));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = i % 2 == 0 ? std::numeric_limits<T>::quiet_NaN() : -std::numeric_limits<T>::infinity();
        CHECK_FALSE(lpntk::all_finite(values.data(), 37));
        CHECK(lpntk::first_not_finite(values.data(), 37) == static_cast<lpntk::index_t>(i));
        values[i] = T(2);
    }
}
