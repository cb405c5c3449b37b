#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "lpntk/core/target.hpp"

namespace lpntk::inline LPNTK_TARGET::libtorch {

/// A convolution of any number of axes.
struct convolution_shape {
    std::vector<int64_t> kernel;    ///< extents
    std::vector<int64_t> stride;    ///< from position to position
    std::vector<int64_t> padding;   ///< zeros on each side
    std::vector<int64_t> dilation;  ///< from number to number of a patch
};

/// The patches of b x C x ... images: b x T x (C prod(kernel)), positions row by row.
inline at::Tensor patches_of(const at::Tensor& images, const convolution_shape& shape) {
    const auto axes = static_cast<int64_t>(shape.kernel.size());
    std::vector<int64_t> border;
    for (int64_t axis = axes; axis-- > 0;)
        border.insert(border.end(), 2, shape.padding[static_cast<std::size_t>(axis)]);
    const at::Tensor padded = at::constant_pad_nd(images, border).contiguous();
    std::vector<int64_t> sizes{padded.size(0)}, strides{padded.stride(0)};
    int64_t positions = 1, patch = padded.size(1);
    for (int64_t axis = 0; axis < axes; ++axis) {
        const auto i = static_cast<std::size_t>(axis);
        const int64_t covered = shape.dilation[i] * (shape.kernel[i] - 1) + 1;
        sizes.push_back((padded.size(axis + 2) - covered) / shape.stride[i] + 1);
        strides.push_back(padded.stride(axis + 2) * shape.stride[i]);
        positions *= sizes.back();
        patch *= shape.kernel[i];
    }
    sizes.push_back(padded.size(1));
    strides.push_back(padded.stride(1));
    for (int64_t axis = 0; axis < axes; ++axis) {
        const auto i = static_cast<std::size_t>(axis);
        sizes.push_back(shape.kernel[i]);
        strides.push_back(padded.stride(axis + 2) * shape.dilation[i]);
    }
    return padded.as_strided(sizes, strides).reshape({padded.size(0), positions, patch});
}

}  // namespace lpntk::libtorch
