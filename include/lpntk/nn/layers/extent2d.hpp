#pragma once

#include <ostream>
#include <string>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// A size in pixels along the height and the width; one number means both: `.kernel = 3`, `.kernel = {1, 7}`.
struct extent2d {
    index_t height = 1;  ///< pixels
    index_t width = 1;   ///< pixels

    /// Not explicit, so that `.kernel = 3` is enough.
    constexpr extent2d(index_t both) : height(both), width(both) {}
    /// Height first, as in image_shape.
    constexpr extent2d(index_t along_height, index_t along_width) : height(along_height), width(along_width) {}

    /// Of both numbers.
    constexpr bool operator==(const extent2d&) const = default;

    /// Neither number is smaller than that of the other.
    constexpr bool covers(extent2d other) const { return height >= other.height && width >= other.width; }

    /// "3 x 5"
    std::string text() const { return std::to_string(height) + " x " + std::to_string(width); }
    /// As text(), for messages.
    friend std::ostream& operator<<(std::ostream& out, const extent2d& size) { return out << size.text(); }
};

}  // namespace lpntk::nn
