#pragma once

#include <algorithm>
#include <string>

#include "lpntk/core/require.hpp"
#include "lpntk/nn/layers/extent2d.hpp"
#include "lpntk/nn/weightless.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Windows over the pixels of an image, as PyTorch lays them: `stride` pixels from one to the next, the first `padding`
/// pixels above and left of the image. A rest that no whole window fits is left out.
struct pooling : weightless {
    /// The window of a pool.
    struct options {
        extent2d window;       ///< pixels, >= 1; must be given
        extent2d stride = 0;   ///< 0: the window, so that each is next to the last
        extent2d padding = 0;  ///< at most half a window
    };

    static constexpr bool keeps_input = false;   ///< what a pool has to know of it is in its state
    static constexpr bool keeps_output = false;  ///< likewise

    options how;  ///< as asked for, with the stride filled in

    /// Throws argument_error unless window and stride are >= 1 and the padding is from 0 to half the window.
    explicit pooling(options with) : how(with) {
        if (how.stride == extent2d(0)) how.stride = how.window;
        require(how.window.covers(1), "pooling", "window", how.window, ">= 1");
        require(how.stride.covers(1), "pooling", "stride", how.stride, ">= 1");
        const extent2d half{how.window.height / 2, how.window.width / 2};
        require(how.padding.covers(0) && half.covers(how.padding), "pooling", "padding", how.padding,
                "from 0 to half the window, " + half.text());
    }

    /// (padded - window) / stride + 1 each way, rounded down. Throws argument_error when no window fits.
    image_shape output_shape(image_shape in) const {
        const extent2d padded{in.height + 2 * how.padding.height, in.width + 2 * how.padding.width};
        if (!padded.covers(how.window))
            require(false, "pooling", "window", how.window, "no larger than the padded image, " + padded.text());
        return {(padded.height - how.window.height) / how.stride.height + 1,
                (padded.width - how.window.width) / how.stride.width + 1, in.channels};
    }

protected:
    /// The pixels of a window that are within the image.
    struct window {
        index_t output;  ///< offset of the window's numbers in the output
        index_t input;   ///< offset of its first pixel in the input; may lie in the padding
        index_t top;     ///< rows of the window: [top, bottom)
        index_t bottom;  ///< behind the last row
        index_t left;    ///< columns of the window: [left, right)
        index_t right;   ///< behind the last column
    };

    /// No pixel is in two windows: a gradient is written, not added.
    bool apart() const { return how.stride.covers(how.window); }

    /// Every pixel is in a window.
    bool covers(image_shape in, image_shape out) const {
        return how.stride == how.window && how.padding == extent2d(0) && out.height * how.window.height == in.height &&
               out.width * how.window.width == in.width;
    }

    /// Calls f(window) row by row, for one sample.
    template <class F>
    void for_each_window(image_shape in, image_shape out, F&& f) const {
        for (index_t y = 0; y < out.height; ++y) {
            const index_t row = y * how.stride.height - how.padding.height;
            const index_t top = std::max<index_t>(0, -row), bottom = std::min(how.window.height, in.height - row);
            for (index_t x = 0; x < out.width; ++x) {
                const index_t column = x * how.stride.width - how.padding.width;
                f(window{(y * out.width + x) * out.channels, (row * in.width + column) * in.channels, top, bottom,
                         std::max<index_t>(0, -column), std::min(how.window.width, in.width - column)});
            }
        }
    }

    /// Calls f(pixel, offset) for the pixels of a window: its number in the window and its offset in the input.
    template <class F>
    void for_each_pixel(image_shape in, const window& w, F&& f) const {
        for (index_t row = w.top; row < w.bottom; ++row)
            for (index_t column = w.left; column < w.right; ++column)
                f(row * how.window.width + column, w.input + (row * in.width + column) * in.channels);
    }
};

}  // namespace lpntk::nn
