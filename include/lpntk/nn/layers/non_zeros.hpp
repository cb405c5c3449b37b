#pragma once

#include <cstdint>

#include "lpntk/core/simd.hpp"

#ifdef __AVX2__
#include <array>

#include <immintrin.h>
#endif

namespace lpntk::inline LPNTK_TARGET::nn::detail {

#if defined(__AVX2__) && !defined(__AVX512F__)
/// For each set of eight lanes, a bit each, its lanes in order.
inline constexpr std::array<std::array<std::int32_t, 8>, 256> lanes_of_set = [] {
    std::array<std::array<std::int32_t, 8>, 256> lanes{};
    for (unsigned set = 0; set < 256; ++set) {
        std::size_t count = 0;
        for (int lane = 0; lane < 8; ++lane)
            if ((set >> lane & 1U) != 0) lanes[set][count++] = lane;
    }
    return lanes;
}();
#endif

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
#elif defined(__AVX2__)
    if constexpr (std::is_same_v<T, float>)
        for (; i + 8 <= count; i += 8) {
            const __m256 x = _mm256_loadu_ps(from + i);
            const auto here =
                static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_NEQ_UQ)));
            const __m256i lanes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lanes_of_set[here].data()));
            _mm256_storeu_ps(values + found, _mm256_permutevar8x32_ps(x, lanes));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(items + found),
                                _mm256_add_epi32(lanes, _mm256_set1_epi32(static_cast<int>(i))));
            found += __builtin_popcount(here);
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
