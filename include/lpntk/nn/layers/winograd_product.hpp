#pragma once

#include <algorithm>

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/nn/layers/winograd.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Convolution of images in Winograd's form, a group of tiles that stays in cache at a time. Keeps the transformed
/// kernels and its scratch: one for each thread.
template <class T>
class winograd_product {
    using form = winograd<T>;
    using vec = typename form::vec;
    static constexpr int window = form::window;
    static constexpr index_t lanes = micro::lanes_of<T>;

public:
    /// Fixes the shapes and transforms the kernels: at(y, x, c) points to the weights of tap (y, x) from channel c to
    /// all outputs, which are times `gains` unless that is null.
    template <class At>
    void prepare(const conv2d_geometry& geometry, At&& at, const T* gains = nullptr) {
        shape_ = geometry;
        const index_t channels = shape_.in.channels, outputs = shape_.out.channels;
        vectors_ = micro::padded<T>(outputs) / lanes;
        kernel_step_ = (channels * vectors_ + 1) * lanes;  // off each other's cache sets
        kernels_.resize(form::products * kernel_step_);
        constexpr index_t block = 64;  // rows of weights that are read side by side
        for (index_t first = 0; first < channels; first += block)
            for (index_t v = 0; v < vectors_; ++v) {
                const vec gain = gains ? micro::load_some(gains + v * lanes, outputs - v * lanes) : vec{} + T(1);
                for (index_t c = first; c < std::min(first + block, channels); ++c) {
                    vec taps[form::taps][form::taps], spread[window][window];
#pragma GCC unroll 4
                    for (int y = 0; y < form::taps; ++y)
#pragma GCC unroll 4
                        for (int x = 0; x < form::taps; ++x)
                            taps[y][x] = gain * micro::load_some(at(y, x, c) + v * lanes, outputs - v * lanes);
                    form::template transform<form::spread_kernel>(taps, spread);
                    T* const to = kernels_.data() + (v * channels + c) * lanes;
#pragma GCC unroll 4
                    for (int y = 0; y < window; ++y)
#pragma GCC unroll 4
                        for (int x = 0; x < window; ++x)
                            micro::store<T>(to + (y * window + x) * kernel_step_, spread[y][x]);
                }
            }
        group_ = std::clamp<index_t>(budget / (form::products * (channels + outputs)) / 8 * 8, least_group, 1024);
        pixels_.resize(group_, channels);
        sums_.resize(group_, outputs);
        zeros_.setZero(channels);
    }

    /// y := after(the convolution of `count` images, and the bias unless that is null).
    template <class After>
    void operator()(const T* images, index_t count, const T* bias, After after, T* y) {
        const winograd_tiles tiles{shape_.out};
        for (index_t first = 0; first < count * tiles.of_image; first += group_) {
            const index_t size = std::min(group_, count * tiles.of_image - first);
            for (index_t t = 0; t < size; ++t)
                form::template spread<form::spread_pixels>(
                    pixels_under(shape_, tiles[first + t], images, zeros_.data()), shape_.in.channels, pixels_.row(t),
                    pixels_.step);
            for (index_t product = 0; product < form::products; ++product) multiply(product, size);
            for (index_t t = 0; t < size; ++t) fold(sums_.row(t), tiles[first + t], bias, after, y);
        }
    }

private:
    static constexpr index_t budget = 64 * 1024;  ///< numbers in scratch
    static constexpr index_t least_group = 64;
    static constexpr index_t depth_block = 256;

    void multiply(index_t product, index_t size) {
        const index_t channels = shape_.in.channels;
        const T* const a = pixels_.of_product(product);
        const T* const b = kernels_.data() + product * kernel_step_;
        T* const to = sums_.of_product(product);
        for (index_t from = 0; from < channels; from += depth_block) {
            const index_t depth = std::min(depth_block, channels - from);
            micro::cover_with_blocks(size, vectors_, [&]<int Rows, int Vectors>(index_t row, index_t vector) {
                micro::register_block<T, Rows, Vectors> block;
                block.multiply_add(depth, {a + row * pixels_.row_step + from, pixels_.row_step, 1},
                                   {b + (vector * channels + from) * lanes, channels * lanes, lanes});
                block.for_each([&](int r, int v, const auto& sum) {
                    T* const at = to + (row + r) * sums_.row_step + (vector + v) * lanes;
                    micro::store<T>(at, from == 0 ? sum : micro::load(at) + sum);
                });
            });
        }
    }

    template <class After>
    void fold(const T* from, const winograd_tiles::tile& at, const T* bias, After after, T* y) const {
        const index_t outputs = shape_.out.channels, row = shape_.out.width * outputs;
        T* const to = y + at.image * shape_.out.size() + at.row * row + at.column * outputs;
        form::for_each_vector(outputs, [&](index_t o) {
            vec sums[window][window], folded[form::tile][form::tile];
#pragma GCC unroll 4
            for (int i = 0; i < window; ++i)
#pragma GCC unroll 4
                for (int j = 0; j < window; ++j) sums[i][j] = micro::load(from + (i * window + j) * sums_.step + o);
            form::template transform<form::fold_sums>(sums, folded);
            const vec constant = bias ? micro::load(bias + o) : vec{};
#pragma GCC unroll 4
            for (int i = 0; i < form::tile; ++i)
#pragma GCC unroll 4
                for (int j = 0; j < form::tile; ++j)
                    micro::store<T>(to + i * row + j * outputs + o, after(folded[i][j] + constant));
        });
    }

    conv2d_geometry shape_{};
    index_t vectors_ = 0;      ///< of outputs
    index_t group_ = 0;        ///< tiles
    index_t kernel_step_ = 0;  ///< from a product's kernels to the next one's
    vector<T> kernels_;        ///< 16 x vectors x channels x lanes
    winograd_rows<T> pixels_, sums_;
    vector<T> zeros_;
};

}  // namespace lpntk::nn::detail
