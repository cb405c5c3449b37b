#pragma once

#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A number and the interval around it.
struct estimate {
    double value = 0;  ///< on all the data
    double low = 0;    ///< bound of the interval; NaN when there is none
    double high = 0;   ///< bound of the interval; NaN when there is none
};

/// t with P(|T| <= t) = level, for Student's T with so many degrees of freedom: 12.71 for 1 and 95 %, 1.96 for many. By
/// the finite series of Abramowitz and Stegun (26.7.3, 26.7.4) and bisection, to eight digits at least. Throws
/// argument_error unless 0 < level < 1 and degrees >= 1. O(degrees).
inline double student_t(double level, index_t degrees) {
    require(level > 0 && level < 1, "student_t", "level", level, "in (0, 1)");
    require(degrees >= 1, "student_t", "degrees of freedom", degrees, ">= 1");
    const auto chance = [&](double angle) {  // of |T| <= sqrt(degrees) tan(angle)
        const double square = std::cos(angle) * std::cos(angle);
        const bool odd = degrees % 2 == 1;
        double term = odd ? std::cos(angle) : 1, sum = degrees == 1 ? 0 : term;
        for (index_t k = odd ? 3 : 2; k < degrees; k += 2) {
            term *= square * static_cast<double>(k - 1) / static_cast<double>(k);
            sum += term;
        }
        const double series = std::sin(angle) * sum;
        return odd ? (angle + series) * 2 / std::numbers::pi : series;
    };
    double low = 0, high = std::numbers::pi / 2;
    for (int halvings = 0; halvings < 60; ++halvings) {
        const double middle = (low + high) / 2;
        (chance(middle) < level ? low : high) = middle;
    }
    return std::sqrt(static_cast<double>(degrees)) * std::tan((low + high) / 2);
}

/// The mean of independent values, one of each seed say, and Student's interval for what their mean tends to: right for
/// values that are about normal, from two values on. One value has no interval: its bounds are NaN.
///
///     const auto accuracy = lpntk::mean_with_interval(of_seeds);   // accuracy.value in [accuracy.low, accuracy.high]
///
/// Throws argument_error for no values, a level outside (0, 1). O(n). Thread-safe.
inline estimate mean_with_interval(std::span<const double> values, double level = 0.95) {
    require(!values.empty(), "mean_with_interval", "number of values", values.size(), ">= 1");
    require(level > 0 && level < 1, "mean_with_interval", "level", level, "in (0, 1)");
    const auto n = static_cast<double>(values.size());
    double mean = 0, squares = 0;
    for (const double v : values) mean += v;
    mean /= n;
    for (const double v : values) squares += (v - mean) * (v - mean);
    if (values.size() == 1) {
        constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
        return {mean, nothing, nothing};
    }
    const double half = student_t(level, static_cast<index_t>(values.size()) - 1) * std::sqrt(squares / (n - 1) / n);
    return {mean, mean - half, mean + half};
}

}  // namespace lpntk
