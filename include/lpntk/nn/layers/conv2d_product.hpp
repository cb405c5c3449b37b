#pragma once

#include <algorithm>
#include <functional>

#include "lpntk/core/register_block.hpp"
#include "lpntk/nn/layers/padded_images.hpp"
#include "lpntk/nn/layers/winograd_product.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// The products of a convolution with given weights.
///
/// Images are channels last, so that a row of a patch, kernel width x channels numbers, is contiguous: the product
/// reads the patches in place, those of all images for one group of packed kernels after the other; where Winograd's
/// form fits, it replaces that. Keeps packed weights and scratch: one for each thread.
template <class T>
class conv2d_product {
    using vec = typename micro::simd<T>::vec;
    static constexpr index_t lanes = micro::lanes_of<T>;

public:
    /// Fixes the shapes and the weights, patch x outputs, for at most `images` at once; each output's are times its one
    /// of `gains` unless that is null.
    void prepare(const conv2d_geometry& geometry, const T* weights, index_t images, const T* gains = nullptr) {
        shape_ = geometry;
        const index_t outputs = shape_.out.channels, channels = shape_.in.channels;
        if (winograd<T>::fits(shape_))
            return filtering_.prepare(
                shape_, [&](int y, int x, index_t c) { return weights + ((3 * y + x) * channels + c) * outputs; },
                gains);
        padded_.resize(shape_, images);
        vectors_ = micro::padded<T>(outputs) / lanes;
        kernels_.resize(vectors_ * shape_.patch() * lanes);
        micro::cover_vectors(vectors_, [&]<int Vectors>(index_t vector) {
            T* to = kernels_.data() + vector * shape_.patch() * lanes;
            for (index_t i = 0; i < shape_.patch(); ++i)
                for (index_t o = vector * lanes; o < (vector + Vectors) * lanes; o += lanes, to += lanes) {
                    const vec kernels = micro::load_some(weights + i * outputs + o, outputs - o);
                    micro::store<T>(to, gains ? kernels * micro::load_some(gains + o, outputs - o) : kernels);
                }
        });
    }

    /// y := the convolution of `count` images, height x width x outputs each, and the bias unless that is null; of each
    /// vector v of those after(v).
    template <class After = std::identity>
    void operator()(const T* images, index_t count, const T* bias, T* y, After after = {}) {
        if (winograd<T>::fits(shape_)) return filtering_(images, count, bias, after, y);
        const T* const padded = padded_.pad(images, count);
        for (index_t from = 0; from < shape_.run(); from += depth_block) {
            const bool last = from + depth_block >= shape_.run();
            micro::cover_vectors(vectors_, [&]<int Vectors>(index_t vector) {
                for (index_t n = 0; n < count; ++n)
                    for (index_t row = 0; row < shape_.out.height; ++row)
                        add_row<Vectors>(
                            padded + n * shape_.padded().size() + row * shape_.stride.height * shape_.row(), from,
                            vector, bias, y + (n * shape_.positions() + row * shape_.out.width) * shape_.out.channels,
                            [&](const vec& sum) { return last ? after(sum) : sum; });
            });
        }
    }

private:
    static constexpr index_t depth_block = 512;  ///< numbers of a run: keeps their kernels in cache

    /// One row of outputs, at y, += the products over the numbers `from` and on of the runs of its patches, the first
    /// of which is at `image`; the first time it is set instead, to the bias and those. Of all that, after().
    template <int Vectors, class After>
    void add_row(const T* image, index_t from, index_t vector, const T* bias, T* y, After&& after) const {
        const index_t outputs = shape_.out.channels, depth = std::min(depth_block, shape_.run() - from);
        micro::cover_rows(shape_.out.width, [&]<int Rows>(index_t row) {
            micro::register_block<T, Rows, Vectors> block;
            add_patches(block, depth, image + row * shape_.step() + from,
                        kernels_.data() + (vector * shape_.patch() + from * Vectors) * lanes);
            block.for_each([&](int r, int v, const auto& sum) {
                const index_t output = (vector + v) * lanes, left = outputs - output;
                T* const to = y + (row + r) * outputs + output;
                const T* const before = from == 0 ? bias : y + (row + r) * outputs;
                micro::store_some<T>(to, after(before ? micro::load_some(before + output, left) + sum : sum), left);
            });
        });
    }

    /// A function of its own: with all the loops around in one, GCC keeps a sum in memory.
    template <int Rows, int Vectors>
    __attribute__((noinline)) void add_patches(micro::register_block<T, Rows, Vectors>& sums, index_t depth, const T* a,
                                               const T* b) const {
        auto block = sums;
        for (index_t s = 0; s < shape_.kernel.height; ++s, a += shape_.row(), b += shape_.run() * lanes * Vectors)
            block.multiply_add(depth, {a, shape_.step(), 1}, {b, lanes, lanes * Vectors});
        sums = block;
    }

    conv2d_geometry shape_{};
    index_t vectors_ = 0;  ///< of outputs
    vector<T> kernels_;    ///< of each group of vectors patch x lanes
    padded_images<T> padded_;
    winograd_product<T> filtering_;
};

}  // namespace lpntk::nn::detail
