#pragma once

#include <algorithm>
#include <utility>

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/nn/layers/conv2d_geometry.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Convolution by 3 x 3 kernels with stride 1 in 16 multiplications instead of 36: Winograd's minimal filtering
/// F(2 x 2, 3 x 3) (Lavin and Gray 2016, section 4).
///
///     pixels 4 x 4  --B-->  16 numbers  --times the kernel's 16, summed over channels-->  16  --A-->  outputs 2 x 2
///
/// Over all channels and outputs, each of the 16 products is one of matrices, (tiles x channels) (channels x outputs),
/// made for a group of tiles that stays in cache. Where the outputs are odd in number, the last tile overlaps the one
/// before it. As accurate as plain sums. Tiles of 4 x 4 outputs would be an eighth faster for LeNet's features, but
/// with twice the rounding ReLU and max-pooling change their mind for some samples, and a kernel entry moves by 3e-5.
/// An infinite or NaN pixel spoils its whole tile. Keeps its scratch: one for each thread.
template <class T>
class winograd {
public:
    /// Whether the shapes allow it, with whole vectors of channels and outputs to work on.
    static bool fits(const conv2d_geometry& shape) {
        return shape.kernel == extent2d(3) && shape.stride == extent2d(1) &&
               std::min(shape.out.height, shape.out.width) >= tile &&
               std::min(shape.in.channels, shape.out.channels) >= micro::lanes_of<T>;
    }

    /// Fixes the shapes and transforms the weights, patch x outputs.
    void prepare(const conv2d_geometry& geometry, const T* weights) {
        shape_ = geometry;
        const index_t channels = shape_.in.channels, outputs = shape_.out.channels;
        width_ = micro::padded<T>(outputs);
        kernels_.setZero(window * window * channels * width_);
        for (index_t c = 0; c < channels; ++c)
            for_each_vector(outputs, [&](index_t o) {
                vec taps[3][3], spread[window][window];
                for (int y = 0; y < 3; ++y)
                    for (int x = 0; x < 3; ++x)
                        taps[y][x] = micro::load(weights + ((y * 3 + x) * channels + c) * outputs + o);
                transform(taps, spread, spread_kernel);
                for (int y = 0; y < window; ++y)
                    for (int x = 0; x < window; ++x)
                        micro::store<T>(kernels_.data() + ((y * window + x) * channels + c) * width_ + o, spread[y][x]);
            });
        pixels_.resize(window * window * group * channels);
        sums_.resize(window * window * group * width_);
    }

    /// y := the convolution of the padded image, height x width x outputs, and the bias unless that is null.
    void forward(const T* image, const T* bias, T* y) {
        const index_t across = (shape_.out.width + tile - 1) / tile;
        const index_t tiles = (shape_.out.height + tile - 1) / tile * across;
        const auto corner = [&](index_t t) {
            return std::pair(std::min(t / across * tile, shape_.out.height - tile),
                             std::min(t % across * tile, shape_.out.width - tile));
        };
        for (index_t first = 0; first < tiles; first += group) {
            const index_t count = std::min(group, tiles - first);
            for (index_t t = 0; t < count; ++t) {
                const auto [row, column] = corner(first + t);
                spread(image + row * shape_.row() + column * shape_.in.channels, t);
            }
            for (index_t product = 0; product < window * window; ++product) multiply(product, count);
            for (index_t t = 0; t < count; ++t) {
                const auto [row, column] = corner(first + t);
                fold(t, bias, y + (row * shape_.out.width + column) * shape_.out.channels);
            }
        }
    }

private:
    using vec = typename micro::simd<T>::vec;
    static constexpr int tile = 2;
    static constexpr int window = tile + 2;
    static constexpr index_t group = 24;  ///< tiles

    // One dimension of each transform: the kernel's, the pixels' and the sums'.

    static void spread_kernel(const vec (&g)[3], vec (&to)[window]) {
        const vec ends = (g[0] + g[2]) * T(0.5), middle = g[1] * T(0.5);
        to[0] = g[0];
        to[1] = ends + middle;
        to[2] = ends - middle;
        to[3] = g[2];
    }

    static void spread_pixels(const vec (&p)[window], vec (&to)[window]) {
        to[0] = p[0] - p[2];
        to[1] = p[1] + p[2];
        to[2] = p[2] - p[1];
        to[3] = p[1] - p[3];
    }

    static void fold_sums(const vec (&s)[window], vec (&to)[tile]) {
        to[0] = s[0] + s[1] + s[2];
        to[1] = s[1] - s[2] - s[3];
    }

    /// The columns, then the rows.
    template <int From, int To, class Along>
    __attribute__((always_inline)) static void transform(const vec (&from)[From][From], vec (&to)[To][To],
                                                         Along&& along) {
        vec half[To][From];
        for (int x = 0; x < From; ++x) {
            vec column[From], turned[To];
            for (int y = 0; y < From; ++y) column[y] = from[y][x];
            along(column, turned);
            for (int y = 0; y < To; ++y) half[y][x] = turned[y];
        }
        for (int y = 0; y < To; ++y) along(half[y], to[y]);
    }

    /// Calls f(start) for vectors that cover `count` numbers, at least a vector; the last may overlap the one before.
    template <class F>
    static void for_each_vector(index_t count, F&& f) {
        for (index_t start = 0; start < count; start += micro::lanes_of<T>)
            f(std::min(start, count - micro::lanes_of<T>));
    }

    /// pixels_ of tile t, whose first pixel is `image`.
    void spread(const T* image, index_t t) {
        const index_t channels = shape_.in.channels;
        for_each_vector(channels, [&](index_t c) {
            vec pixels[window][window], to[window][window];
            for (int y = 0; y < window; ++y)
                for (int x = 0; x < window; ++x)
                    pixels[y][x] = micro::load(image + y * shape_.row() + x * channels + c);
            transform(pixels, to, spread_pixels);
            for (int y = 0; y < window; ++y)
                for (int x = 0; x < window; ++x)
                    micro::store<T>(pixels_.data() + ((y * window + x) * group + t) * channels + c, to[y][x]);
        });
    }

    void multiply(index_t product, index_t count) {
        const index_t channels = shape_.in.channels;
        const T* a = pixels_.data() + product * group * channels;
        const T* b = kernels_.data() + product * channels * width_;
        T* to = sums_.data() + product * group * width_;
        micro::cover_with_blocks(
            count, width_ / micro::lanes_of<T>, [&]<int Rows, int Vectors>(index_t row, index_t vector) {
                micro::register_block<T, Rows, Vectors> block;
                block.multiply_add(channels, {a + row * channels, channels, 1},
                                   {b + vector * micro::lanes_of<T>, micro::lanes_of<T>, width_});
                block.for_each([&](int r, int v, const auto& sum) {
                    micro::store<T>(to + (row + r) * width_ + (vector + v) * micro::lanes_of<T>, sum);
                });
            });
    }

    /// The outputs of tile t, the first at y.
    void fold(index_t t, const T* bias, T* y) const {
        const index_t outputs = shape_.out.channels;
        for_each_vector(outputs, [&](index_t o) {
            vec sums[window][window], folded[tile][tile];
            for (int i = 0; i < window; ++i)
                for (int j = 0; j < window; ++j)
                    sums[i][j] = micro::load(sums_.data() + ((i * window + j) * group + t) * width_ + o);
            transform(sums, folded, fold_sums);
            const vec constant = bias ? micro::load(bias + o) : vec{};
            for (int i = 0; i < tile; ++i)
                for (int j = 0; j < tile; ++j)
                    micro::store<T>(y + (i * shape_.out.width + j) * outputs + o, folded[i][j] + constant);
        });
    }

    conv2d_geometry shape_{};
    index_t width_ = 0;  ///< outputs in whole vectors
    vector<T> kernels_;  ///< window^2 x channels x width
    vector<T> pixels_;   ///< window^2 x group x channels
    vector<T> sums_;     ///< window^2 x group x width
};

}  // namespace lpntk::nn::detail
