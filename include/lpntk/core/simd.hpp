#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::micro {

inline constexpr int vector_bytes = LPNTK_VECTOR_BYTES;
inline constexpr int vector_registers = vector_bytes == 64 ? 32 : 16;

/// The machine's widest vector of T, chosen at compile time by the target (AVX-512, AVX, 16 bytes).
///
/// Its width is part of the layout of features and Grams; see core/target.hpp.
///
/// float and double use the compiler's vector extensions; any other scalar is its own vector of one lane,
/// so that everything built on this type works, plainly, for every scalar.
template <class T>
struct simd {
    static constexpr index_t lanes = 1;
    using vec = T;
};

template <>
struct simd<float> {
    static constexpr index_t lanes = vector_bytes / 4;
    typedef float vec __attribute__((vector_size(vector_bytes)));
};

template <>
struct simd<double> {
    static constexpr index_t lanes = vector_bytes / 8;
    typedef double vec __attribute__((vector_size(vector_bytes)));
};

template <class T>
inline constexpr index_t lanes_of = simd<T>::lanes;

/// Loads lanes_of<T> numbers from any address.
template <class T>
inline typename simd<T>::vec load(const T* from) {
    if constexpr (lanes_of<T> == 1) {
        return *from;
    } else {
        typename simd<T>::vec v;
        std::memcpy(&v, from, sizeof(v));
        return v;
    }
}

/// Stores lanes_of<T> numbers to any address.
template <class T>
inline void store(T* to, const typename simd<T>::vec& v) {
    if constexpr (lanes_of<T> == 1) {
        *to = v;
    } else {
        std::memcpy(to, &v, sizeof(v));
    }
}

namespace detail {

/// Less than a vector, and without a call of memcpy, for which sums held in registers would move to memory: for
/// good, since GCC then keeps one there throughout the loop that adds it up.
template <class T>
__attribute__((always_inline)) inline void copy_some(const T* from, index_t count, T* to) {
    for (index_t i = 0; i < count; ++i) {
        to[i] = from[i];
        asm("" ::: "memory");
    }
}

}  // namespace detail

/// Loads the first `count` of lanes_of<T> numbers, at least one; those beyond are 0 and not touched.
template <class T>
__attribute__((always_inline)) inline typename simd<T>::vec load_some(const T* from, index_t count) {
    if (count >= lanes_of<T>) return load(from);
    T some[lanes_of<T>] = {};
    detail::copy_some(from, count, some);
    return load(some);
}

/// Stores the first `count` numbers of v.
template <class T>
__attribute__((always_inline)) inline void store_some(T* to, const typename simd<T>::vec& v, index_t count) {
    if (count >= lanes_of<T>) return store<T>(to, v);
    T some[lanes_of<T>];
    store<T>(some, v);
    detail::copy_some(some, count, to);
}

/// Asks for `count` numbers to be in the second cache soon; they need not exist.
template <class T>
inline void prefetch(const T* from, index_t count) {
    constexpr index_t line = std::max<index_t>(64 / static_cast<index_t>(sizeof(T)), 1);
    for (index_t i = 0; i < count; i += line) __builtin_prefetch(from + i, 0, 2);
}

/// `count` rounded up to whole vectors of T.
template <class T>
constexpr index_t padded(index_t count) {
    return (count + lanes_of<T> - 1) / lanes_of<T> * lanes_of<T>;
}

/// `wanted` >= 1 rounded up to whole vectors of T, but no more of them than `size` numbers take.
template <class T>
constexpr index_t padded_within(index_t wanted, index_t size) {
    return padded<T>(std::clamp<index_t>(size, 1, wanted));
}

}  // namespace lpntk::micro
