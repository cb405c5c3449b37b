#pragma once

#include <span>
#include <vector>

namespace examples {

/// A control point of a pen stroke in a unit box, x to the right, y downwards. The pen runs smoothly through its
/// points and turns sharply at a corner.
struct pen_point {
    double x = 0;
    double y = 0;
    bool corner = false;
};

using pen_stroke = std::vector<pen_point>;
using glyph = std::vector<pen_stroke>;

/// The ways in which this digit may be written, two or more.
std::span<const glyph> glyphs_of(int digit);

}  // namespace examples
