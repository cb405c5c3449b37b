#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// A lower triangular or symmetric N x N matrix, in tiles that lie side by side in memory: those that touch the lower
/// triangle, each column-major. N (N + edge) / 2 numbers. Products of tiles need no packing: three of them fit the
/// second cache, and the register blocks cover them exactly.
template <class T>
class triangular_tiles {
public:
    static constexpr index_t edge = 96;
    static constexpr index_t tile_size = edge * edge;
    static_assert(edge % (3 * micro::lanes_of<T>) == 0 && edge % micro::tallest_block == 0);

    /// The identity, of at least N rows, in whole tiles: what is beyond N stays so. Throws memory_error, which names
    /// `what`.
    triangular_tiles(index_t size, std::string_view what)
        : size_(size), count_((size + edge - 1) / edge),
          numbers_(with_memory(what, bytes(size), [&] { return vector<T>(count_ * (count_ + 1) / 2 * tile_size); })) {
        numbers_.setZero();
        for (index_t i = 0; i < rows(); ++i) (*this)(i, i) = T(1);
    }

    index_t size() const { return size_; }          ///< N
    index_t count() const { return count_; }        ///< tiles in a column
    index_t rows() const { return count_ * edge; }  ///< N with the padding

    T* tile(index_t i, index_t j) { return numbers_.data() + (i * (i + 1) / 2 + j) * tile_size; }
    const T* tile(index_t i, index_t j) const { return numbers_.data() + (i * (i + 1) / 2 + j) * tile_size; }

    /// Entry (i, j) for j <= i.
    T& operator()(index_t i, index_t j) { return tile(i / edge, j / edge)[j % edge * edge + i % edge]; }
    T operator()(index_t i, index_t j) const { return tile(i / edge, j / edge)[j % edge * edge + i % edge]; }

    static std::uint64_t bytes(index_t size) {
        const auto side = static_cast<std::uint64_t>(size + edge - 1) / edge;
        return side * (side + 1) / 2 * static_cast<std::uint64_t>(tile_size) * sizeof(T);
    }

private:
    index_t size_;
    index_t count_;
    vector<T> numbers_;
};

/// How the right factor of a product of tiles is read.
enum class right_factor { plain, transposed };

/// Each vector of a b, or a b^T, for tiles of triangular_tiles<T>, given to take(vector, where it belongs in `to`).
template <right_factor Right, class T, class Take>
void for_each_product(const T* a, const T* b, T* to, Take&& take) {
    constexpr index_t edge = triangular_tiles<T>::edge, lanes = micro::lanes_of<T>;
    constexpr bool plain = Right == right_factor::plain;
    micro::cover_with_blocks(edge, edge / lanes, [&]<int Rows, int Vectors>(index_t column, index_t vector) {
        micro::register_block<T, Rows, Vectors> block;
        block.multiply_add(edge, {b + column * (plain ? edge : 1), plain ? edge : 1, plain ? 1 : edge},
                           {a + vector * lanes, lanes, edge});
        block.for_each(
            [&](int r, int v, const auto& sum) { take(sum, to + (column + r) * edge + (vector + v) * lanes); });
    });
}

/// c -= a b, or c -= a b^T.
template <right_factor Right, class T>
void subtract_tile_product(const T* a, const T* b, T* c) {
    for_each_product<Right>(a, b, c, [](const auto& sum, T* to) { micro::store<T>(to, micro::load(to) - sum); });
}

/// c += a b, or c += a b^T.
template <right_factor Right, class T>
void add_tile_product(const T* a, const T* b, T* c) {
    for_each_product<Right>(a, b, c, [](const auto& sum, T* to) { micro::store<T>(to, micro::load(to) + sum); });
}

/// c := a b, or c := a b^T.
template <right_factor Right, class T>
void tile_product(const T* a, const T* b, T* c) {
    for_each_product<Right>(a, b, c, [](const auto& sum, T* to) { micro::store<T>(to, sum); });
}

}  // namespace lpntk
