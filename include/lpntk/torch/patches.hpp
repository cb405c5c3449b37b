#pragma once

#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "lpntk/core/target.hpp"

namespace lpntk::inline LPNTK_TARGET::libtorch {

/// A convolution of any number of axes.
struct convolution_shape {
    std::vector<int64_t> kernel;    ///< extents
    std::vector<int64_t> stride;    ///< from position to position
    std::vector<int64_t> padding;   ///< zeros on each side
    std::vector<int64_t> dilation;  ///< from number to number of a patch
};

namespace detail {

/// Where each entry of a strided tensor stands, in its order: offsets from its first one.
inline std::vector<int64_t> offsets_of(const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides) {
    std::vector<int64_t> offsets{0};
    for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
        std::vector<int64_t> finer;
        finer.reserve(offsets.size() * static_cast<std::size_t>(sizes[axis]));
        for (const int64_t offset : offsets)
            for (int64_t i = 0; i < sizes[axis]; ++i) finer.push_back(offset + i * strides[axis]);
        offsets = std::move(finer);
    }
    return offsets;
}

/// to[n][t][j] := from[n][positions[t] + entries[j]].
template <class T>
void gather(const at::Tensor& from, const std::vector<int64_t>& positions, const std::vector<int64_t>& entries,
            const at::Tensor& to) {
    const T* const first = from.data_ptr<T>();
    T* const result = to.data_ptr<T>();
    const auto count = static_cast<int64_t>(positions.size()), patch = static_cast<int64_t>(entries.size());
    at::parallel_for(0, from.size(0) * count, 256, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            const T* const corner =
                first + row / count * from.stride(0) + positions[static_cast<std::size_t>(row % count)];
            T* const numbers = result + row * patch;
            for (int64_t j = 0; j < patch; ++j) numbers[j] = corner[entries[static_cast<std::size_t>(j)]];
        }
    });
}

}  // namespace detail

/// The patches of b x C x ... images: b x T x (C prod(kernel)), positions row by row.
inline at::Tensor patches_of(const at::Tensor& images, const convolution_shape& shape) {
    const std::size_t axes = shape.kernel.size();
    std::vector<int64_t> border;
    for (std::size_t axis = axes; axis-- > 0;) border.insert(border.end(), 2, shape.padding[axis]);
    const at::Tensor padded = at::constant_pad_nd(images.detach(), border).contiguous();
    std::vector<int64_t> places, steps, extents{padded.size(1)}, strides{padded.stride(1)};
    for (std::size_t i = 0; i < axes; ++i) {
        const auto axis = static_cast<int64_t>(i) + 2;
        const int64_t covered = shape.dilation[i] * (shape.kernel[i] - 1) + 1;
        places.push_back((padded.size(axis) - covered) / shape.stride[i] + 1);
        steps.push_back(padded.stride(axis) * shape.stride[i]);
        extents.push_back(shape.kernel[i]);
        strides.push_back(padded.stride(axis) * shape.dilation[i]);
    }
    const auto positions = detail::offsets_of(places, steps), entries = detail::offsets_of(extents, strides);
    const std::vector<int64_t> sizes{padded.size(0), static_cast<int64_t>(positions.size()),
                                     static_cast<int64_t>(entries.size())};
    const auto type = padded.scalar_type();
    if (padded.is_cpu() && (type == at::kFloat || type == at::kDouble)) {
        const at::Tensor patches = at::empty(sizes, padded.options());
        type == at::kFloat ? detail::gather<float>(padded, positions, entries, patches)
                           : detail::gather<double>(padded, positions, entries, patches);
        return patches;
    }
    std::vector<int64_t> all_sizes{padded.size(0)}, all_strides{padded.stride(0)};
    all_sizes.insert(all_sizes.end(), places.begin(), places.end());
    all_strides.insert(all_strides.end(), steps.begin(), steps.end());
    all_sizes.insert(all_sizes.end(), extents.begin(), extents.end());
    all_strides.insert(all_strides.end(), strides.begin(), strides.end());
    return padded.as_strided(all_sizes, all_strides).reshape(sizes);
}

}  // namespace lpntk::libtorch
