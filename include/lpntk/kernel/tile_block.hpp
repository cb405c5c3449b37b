#pragma once

#include <algorithm>

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The register block of a kernel tile: `height` rows and 1 to 3 vectors of columns, over one depth block of panels.
template <class Factor>
struct tile_block {
    using T = typename micro::element_product<Factor>::sum;    ///< of sums
    static constexpr index_t lanes = micro::lanes_of<Factor>;  ///< numbers in a vector
    static_assert(lanes == micro::lanes_of<T>, "a vector of factors makes a vector of sums");
    static constexpr int max_vectors = 3;  ///< of columns
    /// Rows of the block, so that its sums fit into the registers.
    static constexpr int height = static_cast<int>(std::min(micro::tallest_block, lanes));

    /// out (height rows, `stride` apart) becomes the products of rows `a` with the column panels from `c` on, or they
    /// are added to it.
    template <int Vectors>
    static void multiply(index_t depth, const Factor* a, const Factor* c, T* out, index_t stride, bool add) {
        micro::register_block<Factor, height, Vectors> block;
        block.multiply_add(depth, {a, 1, lanes}, {c, depth * lanes, lanes});
        if (add)
            block.for_each([&](index_t r, index_t v, const auto& sum) {
                micro::store(out + r * stride + v * lanes, micro::load(out + r * stride + v * lanes) + sum);
            });
        else
            block.for_each(
                [&](index_t r, index_t v, const auto& sum) { micro::store(out + r * stride + v * lanes, sum); });
    }
};

}  // namespace lpntk
