#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// One direction of a convolution: which pixels of the image a kernel sees at each of its positions.
struct pixel_axis {
    index_t pixels = 1;   ///< of the image
    index_t kernel = 1;   ///< pixels that a kernel sees
    index_t stride = 1;   ///< pixels from one position to the next
    index_t padding = 0;  ///< pixels of zeros on each side

    /// Places that a kernel takes.
    index_t positions() const { return (pixels + 2 * padding - kernel) / stride + 1; }
    /// What lies under number `offset` of the kernel at a position; outside [0, pixels) it is padding.
    index_t pixel(index_t position, index_t offset) const { return position * stride + offset - padding; }
    /// Whether a pixel is one of the image, not of the padding.
    bool holds(index_t pixel) const { return pixel >= 0 && pixel < pixels; }

    /// Pairs of pixels that lie under the same number of the kernel at some pair of positions.
    index_t pairs() const {
        index_t sum = 0;
        for (index_t apart = 0; apart < positions(); ++apart)
            for (index_t p = 0, next = 0; p + apart < positions(); ++p)
                for (index_t offset = 0; offset < kernel; ++offset) {
                    const index_t at = pixel(p, offset);
                    if (at < next || !holds(at + apart * stride)) continue;
                    next = at + 1;
                    sum += apart > 0 ? 2 : 1;
                }
        return sum;
    }
    bool operator==(const pixel_axis&) const = default;  ///< of all numbers
};

/// The image that a convolution's inputs a_t are patches of: pixels row by row, the channels of each side by side, as
/// they are in a_t (kernel rows, kernel columns, channels).
struct pixel_window {
    pixel_axis rows;     ///< from top to bottom
    pixel_axis columns;  ///< from left to right

    index_t pixels() const { return rows.pixels * columns.pixels; }               ///< P, of the image
    index_t positions() const { return rows.positions() * columns.positions(); }  ///< T
    index_t kernel() const { return rows.kernel * columns.kernel; }               ///< pixels that a kernel sees
    index_t pairs() const { return rows.pairs() * columns.pairs(); }              ///< of pixels, P^2 at most
    bool operator==(const pixel_window&) const = default;                         ///< of both axes
};

/// Shape of one part of a feature phi(x) = J(x)^T u: usually the parameters of one layer.
///
/// A part without inputs is dense: `outputs` free numbers. A part with inputs is a sum of outer products over
/// `positions` positions t (1 for a linear layer, the output pixels for a convolution),
///
///     phi_part = sum_t [a_t; 1] (x) d_t,      entry i * outputs + o  is  sum_t a_t[i] d_t[o],
///
/// with a_t the layer's input (for a convolution the patch) and d_t the back-propagated cotangent at t. The
/// row i == inputs, where a is 1, is the bias, and is there only when `bias` is set. The parts written out in
/// order are the model's flat parameter vector.
struct part_layout {
    std::string name;                         ///< for reports and messages: "conv2d 1", "linear 5"
    index_t outputs = 0;                      ///< numbers in d_t; for a dense part its length
    index_t inputs = 0;                       ///< numbers in a_t; 0 for a dense part
    index_t positions = 1;                    ///< T
    bool bias = false;                        ///< whether there is a row for the constant input 1
    std::optional<pixel_window> window = {};  ///< set when the model can hand out the image instead of the a_t

    /// Numbers of a pixel, when there is a window.
    index_t channels() const { return inputs / window->kernel(); }

    /// Rows of the part when it is formed: the inputs, and the bias.
    index_t rows() const { return inputs == 0 ? 1 : inputs + (bias ? 1 : 0); }
    /// Length of the part when it is formed.
    index_t parameters() const { return outputs * rows(); }
    /// Names count too.
    bool operator==(const part_layout&) const = default;
};

/// Throws argument_error, in the name of `function`, for a part whose sizes make no sense, or whose window has not its
/// positions and inputs.
inline void require_valid(std::span<const part_layout> layouts, std::string_view function) {
    for (const part_layout& layout : layouts) {
        const auto check = [&](bool holds, std::string_view what, index_t value, const std::string& bound) {
            if (!holds) require(false, function, std::string(what) + " of part \"" + layout.name + "\"", value, bound);
        };
        check(layout.outputs >= 0, "outputs", layout.outputs, ">= 0");
        check(layout.inputs >= 0, "inputs", layout.inputs, ">= 0");
        check(layout.positions >= 1, "positions", layout.positions, ">= 1");
        if (!layout.window) continue;
        for (const pixel_axis& axis : {layout.window->rows, layout.window->columns}) {
            const index_t least = std::min(axis.kernel, axis.stride);
            check(least >= 1, "kernel or stride", least, ">= 1");
        }
        check(layout.window->positions() == layout.positions, "positions of the window", layout.window->positions(),
              "those of the part, " + std::to_string(layout.positions));
        check(layout.channels() * layout.window->kernel() == layout.inputs, "inputs", layout.inputs,
              "a multiple of its window's kernel, " + std::to_string(layout.window->kernel()));
    }
}

/// Length of all parts together when they are formed.
inline index_t parameters_of(std::span<const part_layout> layouts) {
    index_t sum = 0;
    for (const part_layout& layout : layouts) sum += layout.parameters();
    return sum;
}

/// Where each part begins in the flat vector of parameters, and after the last the length of all.
inline std::vector<index_t> part_offsets(std::span<const part_layout> layouts) {
    std::vector<index_t> offsets(1, 0);
    for (const part_layout& layout : layouts) offsets.push_back(offsets.back() + layout.parameters());
    return offsets;
}

}  // namespace lpntk
