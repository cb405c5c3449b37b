#pragma once

#include <algorithm>

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/nn/layers/conv2d_geometry.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Backward pass of a convolution as register-blocked products.
template <class T>
class conv2d_dense_gradient {
    static constexpr index_t lanes = micro::lanes_of<T>;

public:
    /// Fixes the shapes and packs the kernels, outputs x patch.
    void prepare(const conv2d_geometry& geometry, const T* kernels) {
        shape_ = geometry;
        const index_t outputs = shape_.out.channels, run = shape_.run();
        vectors_ = micro::padded<T>(run) / lanes;
        kernels_.resize(shape_.kernel.height * vectors_ * outputs * lanes);
        gradient_step_ = micro::padded<T>(outputs) + line;
        gradients_.setZero(depth * gradient_step_);
        patches_.setZero(depth * patch_step);
        T* to = kernels_.data();
        for (index_t ky = 0; ky < shape_.kernel.height; ++ky)
            for (index_t v = 0; v < vectors_; ++v)
                for (index_t o = 0; o < outputs; ++o, to += lanes)
                    micro::store<T>(
                        to, micro::load_some(kernels + o * shape_.patch() + ky * run + v * lanes, run - v * lanes));
    }

    /// gradient, patch x outputs, += sum over the positions t of `count` padded images of patch(t) (x) dy(t).
    void add_weight_gradient(const T* images, const T* dy, index_t count, T* gradient) {
        const index_t outputs = shape_.out.channels, positions = count * shape_.positions();
        for (index_t first = 0; first < positions; first += depth) {
            const index_t size = std::min(depth, positions - first);
            for (index_t t = 0; t < size; ++t)
                std::copy_n(dy + (first + t) * outputs, outputs, gradients_.data() + t * gradient_step_);
            for (index_t from = 0; from < shape_.patch(); from += block_rows) {
                const index_t rows = std::min(block_rows, shape_.patch() - from);
                copy_patches(images, first, size, from, rows);
                add_products(size, rows, gradient + from * outputs);
            }
        }
    }

    /// Gradients of `count` padded images += the kernels at every position, times dy.
    void add_input_gradient(const T* dy, index_t count, T* images) const {
        const index_t outputs = shape_.out.channels, run = shape_.run();
        for (index_t ky = 0; ky < shape_.kernel.height; ++ky)
            micro::cover_vectors(vectors_, [&]<int Vectors>(index_t vector) {
                const T* const kernels = kernels_.data() + (ky * vectors_ + vector) * outputs * lanes;
                for_each_row(count, [&](index_t image, index_t output) {
                    T* const to = images + image + ky * shape_.row();
                    micro::cover_rows(shape_.out.width, [&]<int Rows>(index_t row) {
                        micro::register_block<T, Rows, Vectors> block;
                        block.multiply_add(outputs, {dy + output + row * outputs, outputs, 1},
                                           {kernels, outputs * lanes, lanes});
                        block.for_each([&](int r, int v, const auto& sum) {
                            const index_t i = (vector + v) * lanes;
                            T* const at = to + (row + r) * shape_.step() + i;
                            micro::store_some<T>(at, micro::load_some(at, run - i) + sum, run - i);
                        });
                    });
                });
            });
    }

private:
    static constexpr index_t depth = 128;      ///< positions whose products are added at once
    static constexpr index_t block_rows = 64;  ///< numbers of a patch
    static constexpr index_t line = 64 / static_cast<index_t>(sizeof(T));  ///< keeps rows off each other's cache sets
    static constexpr index_t patch_step = block_rows + line;

    /// The numbers [from, from + rows) of the patches first, first + 1, ... of all images.
    void copy_patches(const T* images, index_t first, index_t size, index_t from, index_t rows) {
        for (index_t t = 0; t < size; ++t) {
            const index_t image = (first + t) / shape_.positions(), position = (first + t) % shape_.positions();
            const T* const patch = images + image * shape_.padded().size() + shape_.patch_offset(position);
            T* to = patches_.data() + t * patch_step;
            for (index_t i = from, end = from; i < from + rows; to += end - i, i = end) {
                const index_t ky = i / shape_.run();
                end = std::min(from + rows, (ky + 1) * shape_.run());
                std::copy_n(patch + ky * shape_.row() + i - ky * shape_.run(), end - i, to);
            }
        }
    }

    void add_products(index_t size, index_t rows, T* gradient) const {
        const index_t outputs = shape_.out.channels;
        micro::cover_with_blocks(rows, micro::padded<T>(outputs) / lanes,
                                 [&]<int Rows, int Vectors>(index_t row, index_t vector) {
                                     micro::register_block<T, Rows, Vectors> block;
                                     block.multiply_add(size, {patches_.data() + row, 1, patch_step},
                                                        {gradients_.data() + vector * lanes, lanes, gradient_step_});
                                     block.for_each([&](int r, int v, const auto& sum) {
                                         const index_t o = (vector + v) * lanes;
                                         T* const to = gradient + (row + r) * outputs + o;
                                         micro::store_some<T>(to, micro::load_some(to, outputs - o) + sum, outputs - o);
                                     });
                                 });
    }

    /// Calls f for each row of outputs, with the offsets of its first patch and of its first output.
    template <class F>
    __attribute__((always_inline)) void for_each_row(index_t count, F&& f) const {
        for (index_t n = 0; n < count; ++n)
            for (index_t y = 0; y < shape_.out.height; ++y)
                f(n * shape_.padded().size() + y * shape_.stride.height * shape_.row(),
                  (n * shape_.positions() + y * shape_.out.width) * shape_.out.channels);
    }

    conv2d_geometry shape_{};
    index_t vectors_ = 0;  ///< of a run
    index_t gradient_step_ = 0;
    vector<T> kernels_;  ///< kernel height x vectors x outputs x lanes
    vector<T> gradients_, patches_;
};

}  // namespace lpntk::nn::detail
