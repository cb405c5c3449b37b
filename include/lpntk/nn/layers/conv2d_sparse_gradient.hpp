#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lpntk/core/multiply_add.hpp"
#include "lpntk/core/transpose.hpp"
#include "lpntk/nn/layers/conv2d_geometry.hpp"
#include "lpntk/nn/layers/non_zeros.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Numbers that are not zero in groups, each with the item that it belongs to.
template <class T>
struct gathered {
    std::vector<T> values;
    std::vector<std::int32_t> items;
    std::vector<index_t> counts;  ///< of each group
    index_t room = 0;             ///< of each group

    void resize(index_t groups, index_t most) {
        room = most + micro::lanes_of<T>;
        values.resize(static_cast<std::size_t>(groups * room));
        items.resize(static_cast<std::size_t>(groups * room));
        counts.resize(static_cast<std::size_t>(groups));
    }

    index_t& count(index_t group) { return counts[static_cast<std::size_t>(group)]; }
    index_t count(index_t group) const { return counts[static_cast<std::size_t>(group)]; }
    T* group_values(index_t group) { return values.data() + group * room; }
    const T* group_values(index_t group) const { return values.data() + group * room; }
    std::int32_t* group_items(index_t group) { return items.data() + group * room; }
    const std::int32_t* group_items(index_t group) const { return items.data() + group * room; }
};

/// to[0, run) += sum over the group of value * from[item * step + (0 .. run)), the sums held in registers.
template <class T>
void add_scaled_runs(const gathered<T>& from_group, index_t group, const T* from, index_t step, index_t run, T* to) {
    const index_t count = from_group.count(group);
    const T* values = from_group.group_values(group);
    const std::int32_t* items = from_group.group_items(group);
    constexpr index_t lanes = micro::lanes_of<T>;
    const auto vectors = [&]<int Vectors>(index_t start) {
        typename micro::simd<T>::vec sums[Vectors];
#pragma GCC unroll 8
        for (int v = 0; v < Vectors; ++v) sums[v] = micro::load(to + start + v * lanes);
        for (index_t i = 0; i < count; ++i) {
            const T* row = from + items[i] * step + start;
#pragma GCC unroll 8
            for (int v = 0; v < Vectors; ++v) micro::multiply_add<T>(sums[v], values[i], micro::load(row + v * lanes));
        }
#pragma GCC unroll 8
        for (int v = 0; v < Vectors; ++v) micro::store<T>(to + start + v * lanes, sums[v]);
    };
    index_t start = 0;
    for (; start + 6 * lanes <= run; start += 6 * lanes) vectors.template operator()<6>(start);
    for (; start + 2 * lanes <= run; start += 2 * lanes) vectors.template operator()<2>(start);
    for (; start + lanes <= run; start += lanes) vectors.template operator()<1>(start);
    for (; start < run; ++start)
        for (index_t i = 0; i < count; ++i) to[start] += values[i] * from[items[i] * step + start];
}

/// Backward pass of a convolution for one sample at a time, over the gradient's non-zeros only.
///
/// Behind ReLU and max-pooling few of a gradient's numbers are not zero. They are gathered once by position
/// and once by channel; then each multiplies a contiguous run:
///
///     weights of channel o  +=  sum over its positions t of dy(t, o) * patch(t)
///     patch of position t   +=  sum over its channels o of dy(t, o) * weights(o)      (gradient of the input)
template <class T>
class conv2d_sparse_gradient {
public:
    void prepare(const conv2d_geometry& geometry) {
        shape_ = geometry;
        by_position_.resize(shape_.positions(), shape_.out.channels);
        by_channel_.resize(shape_.out.channels, shape_.positions());
    }

    /// Takes dy, positions x outputs, of one sample.
    void read(const T* dy) {
        const index_t outputs = shape_.out.channels;
        for (index_t t = 0; t < shape_.positions(); ++t)
            by_position_.count(t) =
                gather_non_zeros(dy + t * outputs, outputs, by_position_.group_values(t), by_position_.group_items(t));
    }

    /// gradient += sum over t of patch(t) (x) dy(t), patch x outputs; `image` is padded.
    void add_weight_gradient(const T* image, T* gradient) {
        const index_t outputs = shape_.out.channels, patch = shape_.patch();
        kernel_gradients_.setZero(outputs * patch);
        const index_t band = band_rows() * shape_.out.width;
        for (index_t first = 0; first < shape_.positions(); first += band) {
            gather_channels(first, std::min(first + band, shape_.positions()));
            for (index_t o = 0; o < outputs; ++o)
                for (index_t ky = 0; ky < shape_.kernel.height; ++ky)
                    add_scaled_runs<T>(by_channel_, o, image + ky * shape_.row(), 1, shape_.run(),
                                       kernel_gradients_.data() + o * patch + ky * shape_.run());
        }
        micro::add_transposed(kernel_gradients_.data(), outputs, patch, gradient);
    }

    /// Gradient of the padded image += the kernels, outputs x patch, at every position, times dy.
    void add_input_gradient(const T* kernels, T* image) const {
        for (index_t ky = 0; ky < shape_.kernel.height; ++ky)
            for (index_t t = 0; t < shape_.positions(); ++t)
                add_scaled_runs<T>(by_position_, t, kernels + ky * shape_.run(), shape_.patch(), shape_.run(),
                                   image + shape_.patch_offset(t) + ky * shape_.row());
    }

private:
    /// Rows of the output that are worked on together, so that their patches stay in the first cache.
    index_t band_rows() const {
        constexpr index_t cache = 24 * 1024;
        const index_t rows = cache / (shape_.row() * static_cast<index_t>(sizeof(T)));
        return std::clamp((rows - shape_.kernel.height) / shape_.stride.height + 1, index_t{1}, shape_.out.height);
    }

    void gather_channels(index_t first, index_t last) {
        std::fill(by_channel_.counts.begin(), by_channel_.counts.end(), 0);
        for (index_t t = first; t < last; ++t) {
            const auto offset = static_cast<std::int32_t>(shape_.patch_offset(t));
            const T* values = by_position_.group_values(t);
            const std::int32_t* channels = by_position_.group_items(t);
            for (index_t i = 0; i < by_position_.count(t); ++i) {
                const index_t at = by_channel_.count(channels[i])++;
                by_channel_.group_values(channels[i])[at] = values[i];
                by_channel_.group_items(channels[i])[at] = offset;
            }
        }
    }

    conv2d_geometry shape_{};
    vector<T> kernel_gradients_;
    gathered<T> by_position_, by_channel_;
};

}  // namespace lpntk::nn::detail
