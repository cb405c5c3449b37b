#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>

namespace examples {

/// A control point of a pen stroke in a unit box, x to the right, y downwards. The pen runs smoothly through its
/// points and turns sharply at a corner.
struct pen_point {
    double x = 0;
    double y = 0;
    bool corner = false;
};

/// A few T, N at most, that the compiler can lay down: built at run time, all glyphs would need 9 KB of the stack.
template <class T, std::size_t N>
class short_list {
public:
    constexpr short_list() = default;
    constexpr short_list(std::initializer_list<T> items) : size_(items.size()) {
        std::copy(items.begin(), items.end(), items_.begin());
    }
    constexpr const T* begin() const { return items_.data(); }
    constexpr const T* end() const { return items_.data() + size_; }
    constexpr std::size_t size() const { return size_; }

private:
    std::array<T, N> items_{};
    std::size_t size_ = 0;
};

using pen_stroke = short_list<pen_point, 12>;
using glyph = short_list<pen_stroke, 2>;

/// The ways in which this digit may be written, two or more.
std::span<const glyph> glyphs_of(int digit);

}  // namespace examples
