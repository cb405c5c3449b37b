#pragma once

#include <algorithm>

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/nn/layers/winograd.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// The gradient by the kernels in Winograd's form. The 16 sums of a block of kernels, over a group of tiles, are made
/// and turned to weights while they are in cache. Keeps its scratch: one for each thread.
template <class T>
class winograd_gradient {
    using form = winograd<T>;
    using vec = typename form::vec;
    static constexpr int window = form::window, taps = form::taps;
    static constexpr index_t lanes = micro::lanes_of<T>;

public:
    void prepare(const conv2d_geometry& geometry) {
        shape_ = geometry;
        pixels_.resize(group, shape_.in.channels);
        outputs_.resize(group, shape_.out.channels);
        sums_.resize(form::products * block_rows * block_width);
        zeros_.setZero(std::max(shape_.in.channels, shape_.out.channels));
    }

    /// gradient, patch x outputs, += the sum over `count` images and the gradients dy by their outputs.
    void add(const T* images, const T* dy, index_t count, T* gradient) {
        const winograd_tiles tiles{shape_.out};
        for (index_t first = 0; first < count * tiles.of_image; first += group) {
            const index_t size = std::min(group, count * tiles.of_image - first);
            for (index_t t = 0; t < size; ++t) {
                const winograd_tiles::tile at = tiles[first + t];
                form::template spread<form::spread_pixels>(pixels_under(shape_, at, images, zeros_.data()),
                                                           shape_.in.channels, pixels_.row(t), pixels_.step);
                form::template spread<form::spread_outputs>(new_outputs(shape_, at, dy, zeros_.data()),
                                                            shape_.out.channels, outputs_.row(t), outputs_.step);
            }
            add_group(size, gradient);
        }
    }

private:
    static constexpr index_t group = 64;  ///< tiles
    static constexpr index_t block_rows = 64;
    static constexpr index_t wide_vectors = 6;
    static constexpr index_t block_width = wide_vectors * lanes;

    void add_group(index_t size, T* gradient) {
        const index_t channels = shape_.in.channels, vectors = micro::padded<T>(shape_.out.channels) / lanes;
        for (index_t c = 0; c < channels; c += block_rows)
            for (index_t vector = 0; vector < vectors; vector += wide_vectors) {
                const index_t rows = std::min(block_rows, channels - c),
                              wide = std::min(wide_vectors, vectors - vector);
                for (index_t product = 0; product < form::products; ++product) {
                    T* const to = sums_.data() + product * block_rows * block_width;
                    const T* const a = pixels_.of_product(product) + c;
                    const T* const b = outputs_.of_product(product) + vector * lanes;
                    micro::cover_with_blocks(rows, wide, [&]<int Rows, int Vectors>(index_t row, index_t v0) {
                        micro::register_block<T, Rows, Vectors> block;
                        block.multiply_add(size, {a + row, 1, pixels_.row_step},
                                           {b + v0 * lanes, lanes, outputs_.row_step});
                        block.for_each([&](int r, int v, const auto& sum) {
                            micro::store<T>(to + (row + r) * block_width + (v0 + v) * lanes, sum);
                        });
                    });
                }
                for (index_t row = 0; row < rows; ++row)
                    for (index_t v = 0; v < wide; ++v)
                        fold(sums_.data() + row * block_width + v * lanes, gradient, c + row, (vector + v) * lanes);
            }
    }

    /// The weights from channel c to a vector of outputs.
    void fold(const T* from, T* gradient, index_t c, index_t o) const {
        const index_t outputs = shape_.out.channels;
        vec sums[window][window], folded[taps][taps];
#pragma GCC unroll 4
        for (int i = 0; i < window; ++i)
#pragma GCC unroll 4
            for (int j = 0; j < window; ++j)
                sums[i][j] = micro::load(from + (i * window + j) * block_rows * block_width);
        form::template transform<form::fold_kernel>(sums, folded);
#pragma GCC unroll 4
        for (int y = 0; y < taps; ++y)
#pragma GCC unroll 4
            for (int x = 0; x < taps; ++x) {
                T* const to = gradient + ((y * taps + x) * shape_.in.channels + c) * outputs + o;
                micro::store_some<T>(to, micro::load_some(to, outputs - o) + folded[y][x], outputs - o);
            }
    }

    conv2d_geometry shape_{};
    winograd_rows<T> pixels_, outputs_;
    vector<T> sums_;  ///< 16 x block_rows x block_width
    vector<T> zeros_;
};

}  // namespace lpntk::nn::detail
