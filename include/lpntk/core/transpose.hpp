#pragma once

#include <utility>

#include "lpntk/core/simd.hpp"

namespace lpntk::inline LPNTK_TARGET::micro {
namespace detail {

/// The first (High = false) or second half of a0 b0 a1 b1 a2 b2 ...
template <bool High, class Vec, int... I>
inline Vec interleave(const Vec& a, const Vec& b, std::integer_sequence<int, I...>) {
    constexpr int lanes = sizeof...(I);
#if defined(__clang__) || __GNUC__ >= 12
    return __builtin_shufflevector(a, b, ((I & 1) * lanes + I / 2 + (High ? lanes / 2 : 0))...);
#else
    const decltype(a < b) places = {((I & 1) * lanes + I / 2 + (High ? lanes / 2 : 0))...};
    return __builtin_shuffle(a, b, places);
#endif
}

}  // namespace detail

/// Transposes lanes x lanes numbers: from[r * step + c] to to[c * lanes + r], through registers.
///
/// log2(lanes) perfect shuffles of the rows: each step interleaves the first half of the rows with the second.
template <class T>
inline void transpose_square(const T* from, index_t step, T* to) {
    constexpr int lanes = static_cast<int>(lanes_of<T>);
    if constexpr (lanes == 1) {
        *to = *from;
    } else {
        using vec = typename simd<T>::vec;
        constexpr auto order = std::make_integer_sequence<int, lanes>{};
        vec rows[lanes];
        vec shuffled[lanes];
#pragma GCC unroll 16
        for (int r = 0; r < lanes; ++r) rows[r] = load(from + r * step);
#pragma GCC unroll 4
        for (int width = 1; width < lanes; width *= 2) {
#pragma GCC unroll 8
            for (int r = 0; r < lanes / 2; ++r) {
                shuffled[2 * r] = detail::interleave<false>(rows[r], rows[r + lanes / 2], order);
                shuffled[2 * r + 1] = detail::interleave<true>(rows[r], rows[r + lanes / 2], order);
            }
#pragma GCC unroll 16
            for (int r = 0; r < lanes; ++r) rows[r] = shuffled[r];
        }
#pragma GCC unroll 16
        for (int c = 0; c < lanes; ++c) store(to + c * lanes, rows[c]);
    }
}

/// Packs `rows` rows (at most lanes), `step` apart, column by column: from[r * step + k] to to[k * lanes + r] for
/// `depth` columns k; lanes beyond the rows are 0.
template <class T>
void pack_panel(const T* from, index_t step, index_t rows, index_t depth, T* to) {
    constexpr index_t lanes = lanes_of<T>;
    index_t k = 0;
    if (rows == lanes)
        for (; k + lanes <= depth; k += lanes) transpose_square(from + k, step, to + k * lanes);
    for (; k < depth; ++k)
        for (index_t lane = 0; lane < lanes; ++lane) to[k * lanes + lane] = lane < rows ? from[lane * step + k] : T(0);
}

/// to (columns x rows) += the transpose of from (rows x columns), both row-major and dense.
template <class T>
void add_transposed(const T* from, index_t rows, index_t columns, T* to) {
    constexpr index_t lanes = lanes_of<T>;
    const index_t whole_rows = rows / lanes * lanes, whole_columns = columns / lanes * lanes;
    T square[lanes * lanes];
    for (index_t c = 0; c < whole_columns; c += lanes)
        for (index_t r = 0; r < whole_rows; r += lanes) {
            transpose_square(from + r * columns + c, columns, square);
            for (index_t i = 0; i < lanes; ++i) {
                T* at = to + (c + i) * rows + r;
                store<T>(at, load(at) + load(square + i * lanes));
            }
        }
    for (index_t c = 0; c < columns; ++c)
        for (index_t r = c < whole_columns ? whole_rows : 0; r < rows; ++r) to[c * rows + r] += from[r * columns + c];
}

}  // namespace lpntk::micro
