#pragma once

#include "lpntk/core/target.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// Where `f`, which has one minimum between `low` and `high`, is least, not further away than `within` (Kiefer 1953).
/// One call of `f` for each 0.69 bits.
template <class F>
double golden_section(const F& f, double low, double high, double within) {
    constexpr double golden = 0.6180339887498949;
    double a = high - golden * (high - low), b = low + golden * (high - low), at_a = f(a), at_b = f(b);
    while (high - low > within) {
        if (at_a < at_b)
            high = b, b = a, at_b = at_a, a = high - golden * (high - low), at_a = f(a);
        else
            low = a, a = b, at_a = at_b, b = low + golden * (high - low), at_b = f(b);
    }
    return (low + high) / 2;
}

}  // namespace lpntk::inline LPNTK_TARGET::detail
