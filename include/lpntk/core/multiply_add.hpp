#pragma once

#include "lpntk/core/simd.hpp"

#if defined(__FMA__)
#include <immintrin.h>
#endif

namespace lpntk::inline LPNTK_TARGET::micro {

/// sums += a * b for every lane, rounded once where the target can (FMA), on its own or in a loop, whatever else the
/// loop holds.
///
/// Compilers left to themselves fuse as the tuning for a processor has it: GCC's for Zen fuses the products of a loop
/// over many sums and not those over a single one, and the bits of a result would depend on the block it falls into.
template <class T>
__attribute__((always_inline)) inline void multiply_add(typename simd<T>::vec& sums, T a,
                                                        const typename simd<T>::vec& b) {
    sums += a * b;
}

#if defined(__FMA__) && LPNTK_VECTOR_BYTES == 64
template <>
__attribute__((always_inline)) inline void multiply_add<float>(simd<float>::vec& sums, float a,
                                                               const simd<float>::vec& b) {
    sums = _mm512_fmadd_ps(_mm512_set1_ps(a), b, sums);
}

template <>
__attribute__((always_inline)) inline void multiply_add<double>(simd<double>::vec& sums, double a,
                                                                const simd<double>::vec& b) {
    sums = _mm512_fmadd_pd(_mm512_set1_pd(a), b, sums);
}
#elif defined(__FMA__)
template <>
__attribute__((always_inline)) inline void multiply_add<float>(simd<float>::vec& sums, float a,
                                                               const simd<float>::vec& b) {
    sums = _mm256_fmadd_ps(_mm256_set1_ps(a), b, sums);
}

template <>
__attribute__((always_inline)) inline void multiply_add<double>(simd<double>::vec& sums, double a,
                                                                const simd<double>::vec& b) {
    sums = _mm256_fmadd_pd(_mm256_set1_pd(a), b, sums);
}
#endif

}  // namespace lpntk::micro
