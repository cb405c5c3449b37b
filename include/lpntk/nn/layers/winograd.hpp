#pragma once

#include <algorithm>

#include "lpntk/core/simd.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/nn/layers/conv2d_geometry.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Where the numbers of each pixel of a square stand.
template <class T, int Size>
struct pixel_square {
    const T* at[Size][Size];
};

/// Convolution by 3 x 3 kernels with stride 1 in 16 multiplications instead of 36: Winograd's minimal filtering
/// F(2 x 2, 3 x 3) (Lavin and Gray 2016, section 4).
///
///     pixels 4 x 4  --B-->  16 numbers  --times the kernel's 16, summed over channels-->  16  --A-->  outputs 2 x 2
///
/// Over all channels and outputs, each of the 16 products is one of matrices, (tiles x channels) (channels x outputs).
/// The gradient of the input is such a convolution, with turned kernels; that of the kernels is the transpose of the
/// whole: A' of the outputs' gradients, B of the pixels, 16 products (channels x tiles) (tiles x outputs), and G'.
///
/// As accurate as plain sums. Tiles of 4 x 4 outputs would be an eighth faster for LeNet's features, but with twice the
/// rounding ReLU and max-pooling change their mind for some samples, and a kernel entry moves by 3e-5. An infinite or
/// NaN pixel spoils its whole tile.
template <class T>
struct winograd {
    using vec = typename micro::simd<T>::vec;
    static constexpr int tile = 2;    ///< outputs
    static constexpr int taps = 3;    ///< of a kernel
    static constexpr int window = 4;  ///< pixels
    static constexpr index_t products = window * window;

    /// Whether the shapes allow it, with whole vectors of channels and outputs to work on.
    static bool fits(const conv2d_geometry& shape) {
        return shape.kernel == extent2d(taps) && shape.stride == extent2d(1) &&
               extent2d(taps - 1).covers(shape.padding) && std::min(shape.out.height, shape.out.width) >= tile &&
               std::min(shape.in.channels, shape.out.channels) >= micro::lanes_of<T>;
    }

    // One dimension of each transform: the kernel's (G), the pixels' (B), the sums' (A), and the transposes of G and A.

    static void spread_kernel(const vec (&g)[taps], vec (&to)[window]) {
        const vec ends = (g[0] + g[2]) * T(0.5), middle = g[1] * T(0.5);
        to[0] = g[0];
        to[1] = ends + middle;
        to[2] = ends - middle;
        to[3] = g[2];
    }

    static void fold_kernel(const vec (&s)[window], vec (&to)[taps]) {
        const vec sum = (s[1] + s[2]) * T(0.5);
        to[0] = s[0] + sum;
        to[1] = (s[1] - s[2]) * T(0.5);
        to[2] = s[3] + sum;
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

    static void spread_outputs(const vec (&d)[tile], vec (&to)[window]) {
        to[0] = d[0];
        to[1] = d[0] + d[1];
        to[2] = d[0] - d[1];
        to[3] = -d[1];
    }

    /// Both dimensions: the columns, then the rows.
    template <auto Along, int From, int To>
    __attribute__((always_inline)) static void transform(const vec (&from)[From][From], vec (&to)[To][To]) {
        vec half[To][From];
#pragma GCC unroll 4
        for (int x = 0; x < From; ++x) {
            vec column[From], turned[To];
#pragma GCC unroll 4
            for (int y = 0; y < From; ++y) column[y] = from[y][x];
            Along(column, turned);
#pragma GCC unroll 4
            for (int y = 0; y < To; ++y) half[y][x] = turned[y];
        }
#pragma GCC unroll 4
        for (int y = 0; y < To; ++y) Along(half[y], to[y]);
    }

    /// Calls f(start) for vectors that cover `count` numbers, at least a vector; the last may overlap the one before.
    template <class F>
    __attribute__((always_inline)) static void for_each_vector(index_t count, F&& f) {
        index_t start = 0;
        for (; start + micro::lanes_of<T> <= count; start += micro::lanes_of<T>) f(start);
        if (start < count) f(count - micro::lanes_of<T>);
    }

    /// to[product * step + c] := the 16 numbers of a square of Size x Size pixels, for each of `channels`.
    template <auto Along, int Size>
    static void spread(const pixel_square<T, Size>& pixels, index_t channels, T* to, index_t step) {
        for_each_vector(channels, [&](index_t c) {
            vec square[Size][Size], spread[window][window];
#pragma GCC unroll 4
            for (int y = 0; y < Size; ++y)
#pragma GCC unroll 4
                for (int x = 0; x < Size; ++x) square[y][x] = micro::load(pixels.at[y][x] + c);
            transform<Along>(square, spread);
#pragma GCC unroll 4
            for (int y = 0; y < window; ++y)
#pragma GCC unroll 4
                for (int x = 0; x < window; ++x) micro::store<T>(to + (y * window + x) * step + c, spread[y][x]);
        });
    }
};

/// The tiles of 2 x 2 outputs of images side by side. Where a dimension is odd, the last tile overlaps the one before.
struct winograd_tiles {
    image_shape out;
    index_t across = (out.width + 1) / 2;
    index_t of_image = (out.height + 1) / 2 * across;

    struct tile {
        index_t image, row, column;   ///< of its first output
        index_t new_row, new_column;  ///< of the first that the tiles before have not
    };

    tile operator[](index_t t) const {
        const index_t row = t % of_image / across * 2, column = t % across * 2;
        return {t / of_image, std::min(row, out.height - 2), std::min(column, out.width - 2), row, column};
    }
};

/// The pixels under a tile; `zeros` outside of the image.
template <class T>
pixel_square<T, winograd<T>::window> pixels_under(const conv2d_geometry& shape, const winograd_tiles::tile& tile,
                                                  const T* images, const T* zeros) {
    pixel_square<T, winograd<T>::window> pixels;
    const T* const image = images + tile.image * shape.in.size();
    for (int y = 0; y < winograd<T>::window; ++y)
        for (int x = 0; x < winograd<T>::window; ++x) {
            const index_t row = tile.row + y - shape.padding.height, column = tile.column + x - shape.padding.width;
            const bool inside = row >= 0 && row < shape.in.height && column >= 0 && column < shape.in.width;
            pixels.at[y][x] = inside ? image + (row * shape.in.width + column) * shape.in.channels : zeros;
        }
    return pixels;
}

/// The outputs of a tile; `zeros` for those that the tiles before have, too.
template <class T>
pixel_square<T, winograd<T>::tile> new_outputs(const conv2d_geometry& shape, const winograd_tiles::tile& tile,
                                               const T* outputs, const T* zeros) {
    pixel_square<T, winograd<T>::tile> pixels;
    const T* const image = outputs + tile.image * shape.out.size();
    for (int y = 0; y < winograd<T>::tile; ++y)
        for (int x = 0; x < winograd<T>::tile; ++x) {
            const index_t row = tile.row + y, column = tile.column + x;
            pixels.at[y][x] = row >= tile.new_row && column >= tile.new_column
                                  ? image + (row * shape.out.width + column) * shape.out.channels
                                  : zeros;
        }
    return pixels;
}

/// 16 matrices, tiles x numbers, one for each product. Rows and matrices are a cache line further apart than their
/// numbers ask for, so that what is written together does not share a cache set.
template <class T>
struct winograd_rows {
    index_t row_step = 0;
    index_t step = 0;  ///< from a product's matrix to the next
    vector<T> numbers;

    void resize(index_t tiles, index_t width) {
        constexpr index_t line = 64 / static_cast<index_t>(sizeof(T));
        row_step = micro::padded<T>(width) + line;
        step = tiles * row_step + line;
        numbers.setZero(winograd<T>::products * step);
    }

    T* row(index_t tile) { return numbers.data() + tile * row_step; }  ///< of the first product
    T* of_product(index_t product) { return numbers.data() + product * step; }
};

}  // namespace lpntk::nn::detail
