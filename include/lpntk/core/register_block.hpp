#pragma once

#include <algorithm>

#include "lpntk/core/simd.hpp"

namespace lpntk {

/// Where one operand of a product lies: element (index, depth) at data[index * step + depth * depth_step].
/// For the broadcast operand `index` counts rows; for the vector operand it counts vectors of lanes_of<T>
/// numbers, which are contiguous.
template <class T>
struct strided {
    const T* data;
    index_t step;
    index_t depth_step;
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
    using vec = typename simd<T>::vec;

    /// Adds the products over `depth` terms. Inlined: strides known at the call become addressing modes.
    __attribute__((always_inline)) void multiply_add(index_t depth, strided<T> a, strided<T> b) {
        for (index_t k = 0; k < depth; ++k) {
            vec columns[Vectors];
#pragma GCC unroll 8
            for (int v = 0; v < Vectors; ++v) columns[v] = load(b.data + v * b.step + k * b.depth_step);
#pragma GCC unroll 16
            for (int r = 0; r < Rows; ++r) {
                const T broadcast = a.data[r * a.step + k * a.depth_step];
#pragma GCC unroll 8
                for (int v = 0; v < Vectors; ++v) sums_[r][v] += broadcast * columns[v];
            }
        }
    }

    /// Calls f(row, vector, sum) for every vector of sums, `sum` a vector that f may read.
    template <class F>
    __attribute__((always_inline)) void for_each(F&& f) const {
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 8
            for (int v = 0; v < Vectors; ++v) f(r, v, sums_[r][v]);
    }

private:
    vec sums_[Rows][Vectors] = {};
};

/// The block's height that keeps Rows x Vectors sums, the vectors of b and one broadcast in registers.
template <int Vectors>
inline constexpr int block_rows = std::min(8, (vector_registers - Vectors - 1) / Vectors);

}  // namespace lpntk
