#pragma once

#include <cmath>
#include <numbers>

#include "lpntk/nn/weightless.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// max(x, 0); the derivative at 0 is taken as 0.
struct relu : elementwise<relu> {
    static constexpr bool keeps_input = false;  ///< y > 0 tells what x > 0 would
    static constexpr bool keeps_output = true;  ///< its sign is the derivative

    /// NaN stays NaN.
    template <class T>
    T value(T x) const {
        return x < T(0) ? T(0) : x;
    }
    /// `change` where y > 0, else 0.
    template <class T>
    T differential(T, T y, T change) const {
        return y > T(0) ? change : T(0);
    }
};
static_assert(layer<relu>);

/// Hyperbolic tangent.
struct tanh : elementwise<tanh> {
    static constexpr bool keeps_input = false;  ///< the derivative is a function of y
    static constexpr bool keeps_output = true;  ///< y, for 1 - y^2

    /// In [-1, 1].
    template <class T>
    T value(T x) const {
        return std::tanh(x);
    }
    /// (1 - y^2) change; 0 where y has rounded to 1 or -1.
    template <class T>
    T differential(T, T y, T change) const {
        return change * (T(1) - y * y);
    }
};
static_assert(layer<tanh>);

/// Gaussian error linear unit, exact: x Phi(x), Phi the normal distribution function.
struct gelu : elementwise<gelu> {
    static constexpr bool keeps_input = true;    ///< gelu is not monotonic: y does not tell the derivative
    static constexpr bool keeps_output = false;  ///< x is enough

    /// Keeps its digits far below 0, where it is nearly 0.
    template <class T>
    T value(T x) const {
        return x * distribution(x);
    }
    /// (Phi(x) + x phi(x)) change, phi the normal density.
    template <class T>
    T differential(T x, T, T change) const {
        const T density_at_0 = std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
        return change * (distribution(x) + x * density_at_0 * std::exp(-x * x / T(2)));
    }

private:
    template <class T>
    static T distribution(T x) {
        return T(0.5) * std::erfc(-x / std::numbers::sqrt2_v<T>);
    }
};
static_assert(layer<gelu>);

/// factor * x. In front of a linear layer with factor 1/sqrt(fan-in) and standard normal weights it makes the
/// NTK parametrisation (Jacot et al. 2018).
struct scale : elementwise<scale> {
    static constexpr bool keeps_input = false;   ///< linear: the derivative is the factor
    static constexpr bool keeps_output = false;  ///< likewise
    double factor = 1;                           ///< rounded to T where it is used

    /// `by` may be any number; nothing is checked.
    explicit scale(double by) : factor(by) {}

    /// The factor is rounded to T first.
    template <class T>
    T value(T x) const {
        return static_cast<T>(factor) * x;
    }
    /// The same factor for the change.
    template <class T>
    T differential(T, T, T change) const {
        return static_cast<T>(factor) * change;
    }
};
static_assert(layer<scale>);

}  // namespace lpntk::nn
