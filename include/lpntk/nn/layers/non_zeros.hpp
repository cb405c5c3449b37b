#pragma once

#include <cstdint>

#include "lpntk/core/simd.hpp"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Copies the numbers of from[0, count) that are not zero to `values` and their indices to `items`, in order, and
/// returns how many there are. Both must have room for count + lanes_of<T> numbers: what is behind the last one is
/// overwritten.
template <class T>
index_t gather_non_zeros(const T* from, index_t count, T* values, std::int32_t* items) {
    index_t found = 0;
    index_t i = 0;
#ifdef __AVX512F__
    if constexpr (std::is_same_v<T, float>) {
        const __m512i sixteen = _mm512_set1_epi32(16);
        __m512i indices = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        for (; i + 16 <= count; i += 16, indices = _mm512_add_epi32(indices, sixteen)) {
            const __m512 x = _mm512_loadu_ps(from + i);
            const __mmask16 here = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
            _mm512_storeu_ps(values + found, _mm512_maskz_compress_ps(here, x));
            _mm512_storeu_si512(items + found, _mm512_maskz_compress_epi32(here, indices));
            found += __builtin_popcount(here);
        }
    }
#endif
    for (; i < count; ++i) {
        values[found] = from[i];
        items[found] = static_cast<std::int32_t>(i);
        found += from[i] != T(0);
    }
    return found;
}

}  // namespace lpntk::nn::detail
