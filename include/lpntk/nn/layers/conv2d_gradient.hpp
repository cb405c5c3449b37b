#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lpntk/core/register_block.hpp"
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
///
/// A dense gradient of the weights, or one whose runs are shorter than a vector, is a register-blocked product.
template <class T>
class conv2d_gradient {
public:
    /// Fixes the shapes and turns the weights, patch x outputs, to outputs x patch.
    void prepare(const conv2d_geometry& geometry, const T* weights) {
        shape_ = geometry;
        const index_t outputs = shape_.out.channels;
        kernels_.resize(outputs * shape_.patch());
        for (index_t i = 0; i < shape_.patch(); ++i)
            for (index_t o = 0; o < outputs; ++o) kernels_[o * shape_.patch() + i] = weights[i * outputs + o];
        by_position_.resize(shape_.positions(), outputs);
        by_channel_.resize(outputs, shape_.positions());
    }

    /// Takes dy, positions x outputs, of one sample; it must live until the calls below are done.
    void read(const T* dy) {
        dy_ = dy;
        const index_t outputs = shape_.out.channels;
        non_zeros_ = 0;
        for (index_t t = 0; t < shape_.positions(); ++t)
            non_zeros_ += by_position_.count(t) =
                gather_non_zeros(dy + t * outputs, outputs, by_position_.group_values(t), by_position_.group_items(t));
    }

    /// gradient += sum over t of patch(t) (x) dy(t), patch x outputs.
    void add_weight_gradient(const T* image, T* gradient) {
        const bool sparse = 2 * non_zeros_ < shape_.positions() * shape_.out.channels;
        if (sparse && shape_.run() >= micro::lanes_of<T>)
            add_sparse(image, gradient);
        else
            add_dense(image, gradient);
    }

    /// gradient += sum over t of dy(t), outputs.
    void add_bias_gradient(T* gradient) const {
        const index_t outputs = shape_.out.channels;
        for (index_t t = 0; t < shape_.positions(); ++t)
            for (index_t o = 0; o < outputs; ++o) gradient[o] += dy_[t * outputs + o];
    }

    /// image gradient += the kernels at every position, times dy.
    void add_input_gradient(T* image) const {
        for (index_t ky = 0; ky < shape_.kernel.height; ++ky)
            for (index_t t = 0; t < shape_.positions(); ++t)
                add_scaled_runs<T>(by_position_, t, kernels_.data() + ky * shape_.run(), shape_.patch(), shape_.run(),
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

    void add_sparse(const T* image, T* gradient) {
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

    void add_dense(const T* image, T* gradient) const {
        constexpr index_t lanes = micro::lanes_of<T>;
        const index_t outputs = shape_.out.channels, whole = outputs / lanes * lanes;
        for (index_t ky = 0; ky < shape_.kernel.height; ++ky) {
            const T* rows = image + ky * shape_.row();
            T* to = gradient + ky * shape_.run() * outputs;
            const auto each_row = [&](auto&& f) {
                for (index_t y = 0; y < shape_.out.height; ++y)
                    f(rows + y * shape_.stride.height * shape_.row(), dy_ + y * shape_.out.width * outputs);
            };
            const index_t step = shape_.stride.width * shape_.in.channels;
            micro::cover_with_blocks(
                shape_.run(), whole / lanes, [&]<int Rows, int Vectors>(index_t row, index_t vector) {
                    micro::register_block<T, Rows, Vectors> block;
                    each_row([&](const T* x, const T* dy) {
                        block.multiply_add(shape_.out.width, {x + row, 1, step}, {dy + vector * lanes, lanes, outputs});
                    });
                    block.for_each([&](int r, int v, const auto& sum) {
                        T* at = to + (row + r) * outputs + (vector + v) * lanes;
                        micro::store<T>(at, micro::load(at) + sum);
                    });
                });
            each_row([&](const T* x, const T* dy) {
                for (index_t t = 0; t < shape_.out.width; ++t)
                    for (index_t i = 0; i < shape_.run(); ++i)
                        for (index_t o = whole; o < outputs; ++o)
                            to[i * outputs + o] += x[t * step + i] * dy[t * outputs + o];
            });
        }
    }

    conv2d_geometry shape_{};
    const T* dy_ = nullptr;
    index_t non_zeros_ = 0;
    vector<T> kernels_, kernel_gradients_;
    gathered<T> by_position_, by_channel_;
};

}  // namespace lpntk::nn::detail
