#pragma once

#include <optional>

#include "lpntk/core/dataset.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/nn/layers/extent2d.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// What the kernels see of an image; nothing where patches do not overlap, since then their pixels are no fewer.
inline std::optional<pixel_window> window_of(image_shape in, extent2d kernel, extent2d stride, extent2d padding) {
    if (stride.covers(kernel)) return {};
    return pixel_window{{in.height, kernel.height, stride.height, padding.height},
                        {in.width, kernel.width, stride.width, padding.width}};
}

/// Shapes of a convolution: the input without its padding, the output, kernel size, stride and padding.
struct conv2d_geometry {
    image_shape in;
    image_shape out;
    extent2d kernel = 1;
    extent2d stride = 1;
    extent2d padding = 0;

    bool pads() const { return padding != extent2d(0); }
    image_shape padded() const { return {in.height + 2 * padding.height, in.width + 2 * padding.width, in.channels}; }
    index_t padding_offset() const { return (padding.height * padded().width + padding.width) * in.channels; }

    index_t positions() const { return out.height * out.width; }
    index_t run() const { return kernel.width * in.channels; }  ///< contiguous numbers of a patch
    index_t patch() const { return kernel.height * run(); }

    // In the padded image.
    index_t row() const { return padded().width * in.channels; }
    index_t step() const { return stride.width * in.channels; }  ///< from a patch to the next
    index_t patch_offset(index_t position) const {
        return position / out.width * stride.height * row() + position % out.width * step();
    }

    /// That of the gradient by the input, for stride 1.
    conv2d_geometry transposed() const {
        return {out, in, kernel, 1, {kernel.height - 1 - padding.height, kernel.width - 1 - padding.width}};
    }
};

}  // namespace lpntk::nn::detail
