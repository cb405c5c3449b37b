#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "lpntk/core/multiply_add.hpp"
#include "lpntk/core/transpose.hpp"
#include "lpntk/nn/layers/conv2d_geometry.hpp"
#include "lpntk/nn/layers/non_zeros.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// to[0, run) += sum over the list of value * from[offsets[item] + (0 .. run)), the sums held in registers.
template <class T>
void add_scaled_runs(const typename non_zero_lists<T>::list& list, const std::int32_t* offsets, const T* from,
                     index_t run, T* to) {
    constexpr index_t lanes = micro::lanes_of<T>;
    const auto vectors = [&]<int Vectors>(index_t start) {
        typename micro::simd<T>::vec sums[Vectors];
#pragma GCC unroll 12
        for (int v = 0; v < Vectors; ++v) sums[v] = micro::load(to + start + v * lanes);
        for (index_t i = 0; i < list.count; ++i) {
            const T* row = from + offsets[list.items[i]] + start;
#pragma GCC unroll 12
            for (int v = 0; v < Vectors; ++v)
                micro::multiply_add<T>(sums[v], list.values[i], micro::load(row + v * lanes));
        }
#pragma GCC unroll 12
        for (int v = 0; v < Vectors; ++v) micro::store<T>(to + start + v * lanes, sums[v]);
    };
    index_t start = 0;
    for (; start + 12 * lanes <= run; start += 12 * lanes) vectors.template operator()<12>(start);
    for (; start + 6 * lanes <= run; start += 6 * lanes) vectors.template operator()<6>(start);
    for (; start + 2 * lanes <= run; start += 2 * lanes) vectors.template operator()<2>(start);
    for (; start + lanes <= run; start += lanes) vectors.template operator()<1>(start);
    for (; start < run; ++start)
        for (index_t i = 0; i < list.count; ++i) to[start] += list.values[i] * from[offsets[list.items[i]] + start];
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
    static constexpr index_t lanes = micro::lanes_of<T>;

public:
    /// Whether runs are long enough for whole vectors, and 32 bits enough for what the lists count by.
    static bool fits(const conv2d_geometry& shape) {
        constexpr index_t most = std::numeric_limits<std::int32_t>::max();
        return shape.run() >= lanes && shape.padded().size() <= most && shape.out.channels * shape.patch() <= most;
    }

    void prepare(const conv2d_geometry& geometry) {
        shape_ = geometry;
        const index_t positions = shape_.positions(), outputs = shape_.out.channels;
        by_position_.resize(positions, outputs);
        by_channel_.resize(outputs, positions);
        panel_step_ = outputs * lanes + 64 / static_cast<index_t>(sizeof(T));
        panels_.resize(static_cast<std::size_t>(((positions + lanes - 1) / lanes) * panel_step_));
        fill(patches_, positions, [&](index_t t) { return shape_.patch_offset(t); });
        fill(kernels_, outputs, [&](index_t o) { return o * shape_.patch(); });
    }

    /// gradient += sum over t of patch(t) (x) dy(t), patch x outputs; `image` is padded.
    void add_weight_gradient(const T* image, const T* dy, T* gradient) {
        const index_t outputs = shape_.out.channels, patch = shape_.patch();
        kernel_gradients_.setZero(outputs * patch);
        const index_t band = band_rows() * shape_.out.width;
        for (index_t first = 0; first < shape_.positions(); first += band) {
            gather_channels(dy + first * outputs, std::min(band, shape_.positions() - first));
            for (index_t o = 0; o < outputs; ++o)
                for (index_t ky = 0; ky < shape_.kernel.height; ++ky)
                    add_scaled_runs<T>(by_channel_[o], patches_.data() + first, image + ky * shape_.row(), shape_.run(),
                                       kernel_gradients_.data() + o * patch + ky * shape_.run());
        }
        micro::add_transposed(kernel_gradients_.data(), outputs, patch, gradient);
    }

    /// Gradient of the padded image += the kernels, outputs x patch, at every position, times dy.
    void add_input_gradient(const T* kernels, const T* dy, T* image) {
        const index_t outputs = shape_.out.channels;
        by_position_.clear();
        for (index_t t = 0; t < shape_.positions(); ++t) by_position_.append(dy + t * outputs, outputs, lanes);
        for (index_t ky = 0; ky < shape_.kernel.height; ++ky)
            for (index_t t = 0; t < shape_.positions(); ++t)
                add_scaled_runs<T>(by_position_[t], kernels_.data(), kernels + ky * shape_.run(), shape_.run(),
                                   image + shape_.patch_offset(t) + ky * shape_.row());
    }

private:
    template <class Offset>
    static void fill(std::vector<std::int32_t>& offsets, index_t count, Offset&& offset) {
        offsets.resize(static_cast<std::size_t>(count));
        for (index_t i = 0; i < count; ++i) offsets[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(offset(i));
    }

    /// Rows of the output that are worked on together, so that their patches stay in the first cache.
    index_t band_rows() const {
        constexpr index_t cache = 24 * 1024;
        const index_t rows = cache / (shape_.row() * static_cast<index_t>(sizeof(T)));
        return std::clamp((rows - shape_.kernel.height) / shape_.stride.height + 1, index_t{1}, shape_.out.height);
    }

    /// The lists of all channels over `positions`, whose gradients, positions x outputs, are turned in groups of a
    /// vector.
    void gather_channels(const T* dy, index_t positions) {
        const index_t outputs = shape_.out.channels;
        for (index_t t = 0, panel = 0; t < positions; t += lanes, ++panel)
            micro::pack_panel(dy + t * outputs, outputs, std::min(lanes, positions - t), outputs,
                              panels_.data() + panel * panel_step_);
        by_channel_.clear();
        for (index_t o = 0; o < outputs; ++o) by_channel_.append(panels_.data() + o * lanes, positions, panel_step_);
    }

    conv2d_geometry shape_{};
    vector<T> kernel_gradients_;
    non_zero_lists<T> by_position_, by_channel_;
    index_t panel_step_ = 0;
    std::vector<T> panels_;                        ///< vectors of positions x outputs x lanes
    std::vector<std::int32_t> patches_, kernels_;  ///< offsets of each position's patch and of each output's kernel
};

}  // namespace lpntk::nn::detail
