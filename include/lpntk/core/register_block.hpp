#pragma once

#include <algorithm>

#include "lpntk/core/multiply_add.hpp"

namespace lpntk::inline LPNTK_TARGET::micro {

/// Where one operand of a product lies: element (index, depth) at data[index * step + depth * depth_step].
/// For the broadcast operand `index` counts rows; for the vector operand it counts vectors of lanes_of<T>
/// numbers, which are contiguous.
template <class T>
struct strided {
    const T* data;
    index_t step;
    index_t depth_step;
};

/// The same vector, in a register: GCC for AVX2 would load it again at every use, and loads, not products, would set
/// the pace.
template <class T>
__attribute__((always_inline)) inline typename simd<T>::vec in_register(typename simd<T>::vec v) {
#if defined(__x86_64__)
    if constexpr (std::is_floating_point_v<T> && lanes_of<T> > 1) asm("" : "+v"(v));
#endif
    return v;
}

/// How factors of type T are multiplied and added up: sums += a * b, in numbers of type `sum`.
template <class T>
struct element_product {
    using sum = T;
    using vec = typename simd<T>::vec;

    __attribute__((always_inline)) static void add(vec& sums, T a, const vec& b) { multiply_add<T>(sums, a, b); }
};

/// The block of a matrix product that is held in registers: Rows x (Vectors * lanes) sums.
///
///                    b: Vectors contiguous vectors at each depth k
///                    [ b0 ][ b1 ][ b2 ]
///     a(r, k)  x      sum  sum  sum        sums(r, v) += a(r, k) * b(v, k)
///     broadcast       ...
///
/// A number of `a` is loaded once and meets Vectors vectors of `b`, a vector of `b` meets Rows numbers of
/// `a`: for 8 x 3 that is 24 multiply-adds for 11 loads, enough to keep the multipliers busy from the first
/// cache. Products of every kind in the library (Gram tiles, linear layers, convolutions) are loops around
/// this block that differ in their strides only. Each sum adds its terms in the order of k, wherever in a block it
/// stands, so results do not depend on how a product is cut into blocks.
template <class T, int Rows, int Vectors>
class register_block {
public:
    using vec = typename simd<typename element_product<T>::sum>::vec;

    /// Adds the products over `depth` terms. Inlined: strides known at the call become addressing modes.
    __attribute__((always_inline)) void multiply_add(index_t depth, strided<T> a, strided<T> b) {
        for (index_t k = 0; k < depth; ++k) {
            typename simd<T>::vec columns[Vectors];
#pragma GCC unroll 8
            for (int v = 0; v < Vectors; ++v) columns[v] = in_register<T>(load(b.data + v * b.step + k * b.depth_step));
#pragma GCC unroll 16
            for (int r = 0; r < Rows; ++r) {
                const T broadcast = a.data[r * a.step + k * a.depth_step];
#pragma GCC unroll 8
                for (int v = 0; v < Vectors; ++v) element_product<T>::add(sums_[r][v], broadcast, columns[v]);
            }
        }
    }

    /// Calls f(row, vector, sum) for every vector of sums, `sum` a copy that f may read: the sums themselves stay in
    /// registers, whatever f does.
    template <class F>
    __attribute__((always_inline)) void for_each(F&& f) const {
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 8
            for (int v = 0; v < Vectors; ++v) {
                const vec sum = sums_[r][v];
                f(r, v, sum);
            }
    }

private:
    vec sums_[Rows][Vectors] = {};
};

/// Rows of the tallest block that cover_with_blocks uses; the 16 registers below AVX-512 hold no more than four.
inline constexpr index_t tallest_block = vector_registers >= 32 ? 8 : 4;

/// Calls f.template operator()<Vectors>(), Vectors being 3, 2 or 1.
template <class F>
__attribute__((always_inline)) inline void with_vectors(index_t vectors, F&& f) {
    if (vectors == 3) f.template operator()<3>();
    if (vectors == 2) f.template operator()<2>();
    if (vectors == 1) f.template operator()<1>();
}

/// Calls f.template operator()<Vectors>(vector) with the first vector of each group; Vectors is 3, 2 or 1.
template <class F>
__attribute__((always_inline)) inline void cover_vectors(index_t vectors, F&& f) {
    for (index_t vector = 0; vector < vectors;) {
        const index_t left = vectors - vector;
        const index_t group = left >= 3 && left != 4 ? 3 : std::min<index_t>(left, 2);
        with_vectors(group,
                     [&]<int Vectors>() __attribute__((always_inline)) { f.template operator()<Vectors>(vector); });
        vector += group;
    }
}

/// Calls f.template operator()<Rows>(row) with the first row of each group; Rows is 8, 4, 2 or 1.
template <class F>
__attribute__((always_inline)) inline void cover_rows(index_t rows, F&& f) {
    index_t row = 0;
    for (; row + tallest_block <= rows; row += tallest_block) f.template operator()<tallest_block>(row);
    if constexpr (tallest_block > 4)
        for (; row + 4 <= rows; row += 4) f.template operator()<4>(row);
    for (; row + 2 <= rows; row += 2) f.template operator()<2>(row);
    for (; row < rows; ++row) f.template operator()<1>(row);
}

/// Covers rows x vectors sums by register blocks: calls f.template operator()<Rows, Vectors>(row, vector) with
/// the first row and vector of each block.
template <class F>
__attribute__((always_inline)) inline void cover_with_blocks(index_t rows, index_t vectors, F&& f) {
    cover_vectors(vectors, [&]<int Vectors>(index_t vector) {
        cover_rows(rows, [&]<int Rows>(index_t row) { f.template operator()<Rows, Vectors>(row, vector); });
    });
}

}  // namespace lpntk::micro
