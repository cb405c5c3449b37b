#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace detail {

template <class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// Everything but the sign of an infinity; what is above is NaN.
template <class T>
inline constexpr bits_of<T> infinity_bits =
    sizeof(T) == 4 ? bits_of<T>{0x7f800000U} : bits_of<T>(0x7ff0000000000000ULL);

}  // namespace detail

/// Whether a float or double is neither NaN nor infinite, told by its bits: holds under any compiler flags (-ffast-math
/// lets std::isfinite say yes to everything).
template <class T>
constexpr bool is_finite(T value) {
    return (std::bit_cast<detail::bits_of<T>>(value) & detail::infinity_bits<T>) != detail::infinity_bits<T>;
}

/// Whether a float or double is NaN, told by its bits.
template <class T>
constexpr bool is_nan(T value) {
    return (std::bit_cast<detail::bits_of<T>>(value) << 1U) > (detail::infinity_bits<T> << 1U);  // without the sign
}

/// Whether `count` numbers side by side are all finite. One pass without branches.
template <class T>
bool all_finite(const T* values, index_t count) {
    detail::bits_of<T> bad = 0;
    for (index_t i = 0; i < count; ++i) bad |= static_cast<detail::bits_of<T>>(!is_finite(values[i]));
    return bad == 0;
}

/// Index of the first of `count` numbers that is NaN or infinite; `count` when there is none.
template <class T>
index_t first_not_finite(const T* values, index_t count) {
    if (all_finite(values, count)) return count;
    index_t i = 0;
    while (is_finite(values[i])) ++i;
    return i;
}

}  // namespace lpntk
