#pragma once

#include "lpntk/core/dataset.hpp"
#include "lpntk/nn/layers/extent2d.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Shapes of a convolution: the padded input, the output, kernel size and stride.
struct conv2d_geometry {
    image_shape in;
    image_shape out;
    extent2d kernel = 1;
    extent2d stride = 1;

    index_t positions() const { return out.height * out.width; }
    index_t run() const { return kernel.width * in.channels; }  ///< contiguous numbers of a patch
    index_t patch() const { return kernel.height * run(); }
    index_t row() const { return in.width * in.channels; }
    index_t patch_offset(index_t position) const {
        return (position / out.width) * stride.height * row() + (position % out.width) * stride.width * in.channels;
    }
};

}  // namespace lpntk::nn::detail
