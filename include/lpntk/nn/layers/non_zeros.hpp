#pragma once

#include <cstdint>
#include <vector>

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

/// Copies those of `count` numbers that are not zero to `values` and their indices to `items`, in order, and returns
/// how many there are. The numbers stand in vectors of lanes_of<T>, `step` from one to the next. Both must have room
/// for count + lanes_of<T> numbers: what is behind the last one is overwritten.
template <class T>
index_t gather_non_zeros(const T* from, index_t count, index_t step, T* values, std::int32_t* items) {
    index_t found = 0;
    index_t i = 0;
#ifdef __AVX512F__
    if constexpr (std::is_same_v<T, float>) {
        const __m512i sixteen = _mm512_set1_epi32(16);
        __m512i indices = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        for (; i + 16 <= count; i += 16, from += step, indices = _mm512_add_epi32(indices, sixteen)) {
            const __m512 x = _mm512_loadu_ps(from);
            const __mmask16 here = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
            _mm512_storeu_ps(values + found, _mm512_maskz_compress_ps(here, x));
            _mm512_storeu_si512(items + found, _mm512_maskz_compress_epi32(here, indices));
            found += __builtin_popcount(here);
        }
    }
#elif defined(__AVX2__)
    if constexpr (std::is_same_v<T, float>)
        for (; i + 8 <= count; i += 8, from += step) {
            const __m256 x = _mm256_loadu_ps(from);
            const auto here =
                static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_NEQ_UQ)));
            const __m256i lanes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lanes_of_set[here].data()));
            _mm256_storeu_ps(values + found, _mm256_permutevar8x32_ps(x, lanes));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(items + found),
                                _mm256_add_epi32(lanes, _mm256_set1_epi32(static_cast<int>(i))));
            found += __builtin_popcount(here);
        }
#endif
    for (index_t lane = 0; i < count; ++i) {
        values[found] = from[lane];
        items[found] = static_cast<std::int32_t>(i);
        found += from[lane] != T(0);
        if (++lane == micro::lanes_of<T>) {
            lane = 0;
            from += step;
        }
    }
    return found;
}

/// Lists of numbers that are not zero, one behind the other, each number with the item that it belongs to.
template <class T>
class non_zero_lists {
public:
    struct list {
        const T* values;
        const std::int32_t* items;
        index_t count;
    };

    /// Room for `lists` of `most` numbers each.
    void resize(index_t lists, index_t most) {
        values_.resize(static_cast<std::size_t>(lists * most + micro::lanes_of<T>));
        items_.resize(values_.size());
        starts_.reserve(static_cast<std::size_t>(lists + 1));
    }

    void clear() { starts_.assign(1, 0); }

    /// Appends the list of those numbers, as gather_non_zeros takes them, that are not zero.
    void append(const T* from, index_t count, index_t step) {
        const index_t start = starts_.back();
        starts_.push_back(start + gather_non_zeros(from, count, step, values_.data() + start, items_.data() + start));
    }

    list operator[](index_t i) const {
        const auto at = static_cast<std::size_t>(i);
        return {values_.data() + starts_[at], items_.data() + starts_[at], starts_[at + 1] - starts_[at]};
    }

private:
    std::vector<T> values_;
    std::vector<std::int32_t> items_;
    std::vector<index_t> starts_ = {0};  ///< of each list, and the end of the last
};

}  // namespace lpntk::nn::detail
