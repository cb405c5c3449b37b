#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "lpntk/core/target.hpp"
#include "lpntk/model/part_layout.hpp"

namespace lpntk::inline LPNTK_TARGET::libtorch {

/// A convolution of any number of axes.
struct convolution_shape {
    std::vector<int64_t> kernel;    ///< extents
    std::vector<int64_t> stride;    ///< from position to position
    std::vector<int64_t> padding;   ///< zeros on each side
    std::vector<int64_t> dilation;  ///< from number to number of a patch
};

/// How b x C x ... images lie under a convolution, when that has two axes and no dilation.
inline std::optional<pixel_window> window_of(const at::Tensor& images, const convolution_shape& shape) {
    if (shape.kernel.size() != 2 || shape.dilation[0] != 1 || shape.dilation[1] != 1) return {};
    const auto axis = [&](std::size_t i) {
        return pixel_axis{images.size(static_cast<int64_t>(i) + 2), shape.kernel[i], shape.stride[i], shape.padding[i]};
    };
    return pixel_window{axis(0), axis(1)};
}

/// b x pixels x C from b x C x ... images.
inline at::Tensor pixels_of(const at::Tensor& images) { return images.detach().flatten(2).transpose(1, 2); }

namespace detail {

/// Where each entry of a strided tensor stands, in its order: offsets from its first one.
inline std::vector<int64_t> offsets_of(const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides) {
    std::vector<int64_t> offsets{0};
    for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
        std::vector<int64_t> finer;
        for (const int64_t offset : offsets)
            for (int64_t i = 0; i < sizes[axis]; ++i) finer.push_back(offset + i * strides[axis]);
        offsets = std::move(finer);
    }
    return offsets;
}

/// to[n][t][k] := the numbers of the pixel at from[n][positions[t] + entries[k]].
template <class T>
void gather(const at::Tensor& from, const std::vector<int64_t>& positions, const std::vector<int64_t>& entries,
            const at::Tensor& to) {
    const T* const images = from.data_ptr<T>();
    T* const patches = to.data_ptr<T>();
    const auto count = static_cast<int64_t>(positions.size());
    const int64_t channels = from.size(from.dim() - 1), patch = channels * static_cast<int64_t>(entries.size());
    at::parallel_for(0, from.size(0) * count, 256, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            const T* const corner =
                images + row / count * from.stride(0) + positions[static_cast<std::size_t>(row % count)];
            T* numbers = patches + row * patch;
            for (const int64_t entry : entries) numbers = std::copy_n(corner + entry, channels, numbers);
        }
    });
}

}  // namespace detail

/// The patches of b x C x ... images: b x T x (prod(kernel) C), positions row by row, the channels of a pixel side by
/// side.
inline at::Tensor patches_of(const at::Tensor& images, const convolution_shape& shape) {
    const std::size_t axes = shape.kernel.size();
    std::vector<int64_t> border;
    for (std::size_t axis = axes; axis-- > 0;) border.insert(border.end(), 2, shape.padding[axis]);
    const at::Tensor padded = at::constant_pad_nd(images.detach(), border).movedim(1, -1).contiguous();
    std::vector<int64_t> places, steps, strides;
    for (std::size_t i = 0; i < axes; ++i) {
        const auto axis = static_cast<int64_t>(i) + 1;
        const int64_t covered = shape.dilation[i] * (shape.kernel[i] - 1) + 1;
        places.push_back((padded.size(axis) - covered) / shape.stride[i] + 1);
        steps.push_back(padded.stride(axis) * shape.stride[i]);
        strides.push_back(padded.stride(axis) * shape.dilation[i]);
    }
    const auto positions = detail::offsets_of(places, steps), entries = detail::offsets_of(shape.kernel, strides);
    const int64_t channels = padded.size(-1);
    const std::vector<int64_t> sizes{padded.size(0), static_cast<int64_t>(positions.size()),
                                     channels * static_cast<int64_t>(entries.size())};
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
    all_sizes.insert(all_sizes.end(), shape.kernel.begin(), shape.kernel.end());
    all_strides.insert(all_strides.end(), strides.begin(), strides.end());
    all_sizes.push_back(channels);
    all_strides.push_back(1);
    return padded.as_strided(all_sizes, all_strides).reshape(sizes);
}

/// b x O x prod(kernel) x C, flat or not, as b x the shape of a weight, O x C x kernel.
inline at::Tensor channels_second(const at::Tensor& gradients, const at::IntArrayRef weight) {
    std::vector<int64_t> sizes{gradients.size(0), weight[0]};
    sizes.insert(sizes.end(), weight.begin() + 2, weight.end());
    sizes.push_back(weight[1]);
    return gradients.reshape(sizes).movedim(-1, 2);
}

}  // namespace lpntk::libtorch
