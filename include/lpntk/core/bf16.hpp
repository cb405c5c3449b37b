#pragma once

#include <bit>
#include <cstdint>

#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/simd.hpp"

namespace lpntk::inline LPNTK_TARGET::micro {

/// The upper 16 bits of a float, 8 of them its significand: the nearest bfloat16, halves to even. Relative error at
/// most 2^-9; beyond 3.39e38 infinite; NaN stays NaN.
inline std::uint32_t round_to_bf16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U;
    return value == value ? rounded : 0x7fc0U;
}

/// Two bfloat16 side by side, the first in the lower half: one factor of a product of depth two.
struct bf16_pair {
    std::uint32_t bits;

    float first() const { return std::bit_cast<float>(bits << 16U); }
    float second() const { return std::bit_cast<float>(bits & 0xffff0000U); }
};

template <>
struct simd<bf16_pair> {
    static constexpr index_t lanes = simd<float>::lanes;
    typedef std::uint32_t vec __attribute__((vector_size(vector_bytes)));
};

/// sums += a.second * b.second, then += a.first * b.first, in float: one instruction (vdpbf16ps) where the target has
/// AVX512_BF16, two multiply-adds and the unpacking elsewhere. Products of two bfloat16 are exact in float, so both
/// ways have the same bits, but that the instruction takes numbers below 1.2e-38 for zero.
template <>
struct element_product<bf16_pair> {
    using sum = float;
    using vec = simd<float>::vec;

    __attribute__((always_inline)) static void add(vec& sums, bf16_pair a, const simd<bf16_pair>::vec& b) {
#if defined(__AVX512BF16__)
        const __m512i broadcast = _mm512_set1_epi32(static_cast<int>(a.bits));
        sums = (vec)_mm512_dpbf16_ps((__m512)sums, (__m512bh)broadcast, (__m512bh)b);
#else
        multiply_add<float>(sums, a.second(), (vec)(b & 0xffff0000U));
        multiply_add<float>(sums, a.first(), (vec)(b << 16U));
#endif
    }
};

}  // namespace lpntk::micro
