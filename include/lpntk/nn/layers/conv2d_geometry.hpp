#pragma once

#include "lpntk/core/dataset.hpp"

namespace lpntk::nn {

/// Shapes of a convolution: the padded input, the output, kernel size and stride.
struct conv2d_geometry {
    image_shape in;
    image_shape out;
    index_t kernel;
    index_t stride;

    index_t positions() const { return out.height * out.width; }
    index_t run() const { return kernel * in.channels; }       ///< contiguous numbers of a patch
    index_t patch() const { return kernel * run(); }
    index_t row() const { return in.width * in.channels; }
    index_t patch_offset(index_t position) const {
        return (position / out.width) * stride * row() + (position % out.width) * stride * in.channels;
    }
};

}  // namespace lpntk::nn
