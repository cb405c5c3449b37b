#pragma once

#include <algorithm>

#include "lpntk/core/simd.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/aligned_buffer.hpp"
#include "lpntk/kernel/tile_range.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The entries of one tile of a kernel, while a contraction adds them up and when they are handed over.
template <class T>
class tile_sums {
public:
    /// All zero for `tile`. Grows to the largest tile seen. Throws memory_error when there is no room.
    void begin(const tile_range& tile) {
        range_ = tile;
        stride_ = micro::padded<T>(tile.columns);
        if (numbers_.size() < size()) numbers_ = aligned_buffer<T>(size(), "a kernel tile");
        std::fill_n(numbers_.data(), size(), T(0));
    }

    const tile_range& range() const { return range_; }                        ///< the samples
    index_t stride() const { return stride_; }                                ///< from one row to the next
    index_t size() const { return micro::padded<T>(range_.rows) * stride_; }  ///< numbers: whole panels both ways

    /// Row r of the tile: columns() numbers; of a lower one only those up to the diagonal mean anything.
    const T* row(index_t r) const { return numbers_.data() + r * stride_; }
    T* row(index_t r) { return numbers_.data() + r * stride_; }  ///< the same, writable

private:
    tile_range range_{};
    index_t stride_ = 0;
    aligned_buffer<T> numbers_;
};

}  // namespace lpntk
