#pragma once

#include <algorithm>

#include "lpntk/core/register_block.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/part_runs.hpp"
#include "lpntk/kernel/pixel_contraction.hpp"
#include "lpntk/kernel/tile_block.hpp"
#include "lpntk/kernel/tile_range.hpp"
#include "lpntk/kernel/tile_sums.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Adds up the tiles of a kernel matrix, some parts of the features of one of them at a time. One for each thread.
/// (Pictured with 16 numbers to a vector: float and AVX-512.)
///
///                     column panels (psi)
///              |  16  |  16  |  16  |  16  | ...     the tile: up to 240 x 240 sums, in the second cache
///           +--+------+------+------+------+
///     row   |  | 8 x (3 x 16) sums  |                the register block: 24 vectors of sums, filled from
///     panels|  +--------------------+                zero over one depth block (up to 256 columns of the
///     (phi) |  | the next 8 rows    |                packed features), then added to the tile
///     16    |  +--------------------+
///     rows  |  | ...                |
///
///     for each part of the features                  a dense part: sum += left . left', no positions
///       for each pair of positions (t, t')           one position: one pair; else T^2
///         for each depth block of d, then of a       the tile's panels are one contiguous piece
///           for each 3 column panels
///             for each 8 rows                        the register block
///         sum += (d . d') (a . a' + bias)            one pass over the tile
///     or, for a part of pixels, by pixel_contraction
///
/// The order in which an entry's terms are added depends on the features alone: depth blocks in order, then parts
/// in order, positions by symmetric pairs, each product alike in both factors. So an entry has the same bits
/// wherever in a tile it lies, whatever the tiles and threads, and kappa(i, j) has those of kappa(j, i); and a sum that
/// starts from that of the parts before has the bits of one over all of them. Fresh
/// sums for each depth block keep rounding small: an error grows with the number of blocks, not of terms.
///
/// `Factor` is the type of the packed features, a scalar or bf16_pair.
template <class Factor>
class contraction {
public:
    using T = typename micro::element_product<Factor>::sum;    ///< of the tile's numbers
    static constexpr index_t lanes = micro::lanes_of<Factor>;  ///< samples side by side in a panel
    static_assert(lanes == micro::lanes_of<T>, "a vector of factors makes a vector of sums");
    static constexpr int max_vectors = tile_block<Factor>::max_vectors;  ///< column panels of a register block, at most
    static constexpr int height = tile_block<Factor>::height;            ///< rows of a register block

    /// Adds those parts' share of <phi_i, psi_j> to the tile's sums. phi and psi have the same parts in the same forms.
    /// Grows its scratch to the largest tile seen: three tiles of T at most.
    void operator()(const features<Factor>& phi, const features<Factor>& psi, const contraction_step& runs,
                    tile_sums<T>& sums) {
        tile_ = sums.range();
        stride_ = sums.stride();
        size_ = sums.size();
        sum_ = sums.row(0);
        for (const part_run& run : runs) add(phi.parts()[run.part], psi.parts()[run.part], run);
    }

private:
    void add(const feature_part<Factor>& phi, const feature_part<Factor>& psi, const part_run& run) {
        if (phi.form == part_form::dense) {
            product(phi.left, 0, psi.left, 0, run.first, run.last, sum_, true);
            return;
        }
        if (phi.form == part_form::pixels) {
            for_each_block(pixels_.rows_at_once, [&](index_t r, index_t rows, index_t panel, index_t vectors) {
                pixels_.add(phi, psi, {tile_.row + r, rows, tile_.column / lanes + panel, vectors},
                            sum_ + r * stride_ + panel * lanes, stride_);
            });
            return;
        }
        const T bias = phi.layout.bias ? T(1) : T(0);
        for (index_t t = 0; t < phi.left.positions(); ++t) {
            positions_product(phi, t, psi, t, bias, scratch(left_));
            add_to_sum(left_.data());
            for (index_t u = t + 1; u < phi.left.positions(); ++u) {
                positions_product(phi, t, psi, u, bias, scratch(left_));
                positions_product(phi, u, psi, t, bias, scratch(mirrored_));
                add_to_sum(left_.data(), mirrored_.data());
            }
        }
    }

    /// to := (d_t . d'_u) (a_t . a'_u + bias)
    void positions_product(const feature_part<Factor>& phi, index_t t, const feature_part<Factor>& psi, index_t u,
                           T bias, T* to) {
        product(phi.left, t, psi.left, u, 0, phi.left.blocks(), to, false);
        product(phi.right, t, psi.right, u, 0, phi.right.blocks(), scratch(right_), false);
        for_each_vector([&](index_t at) {
            micro::store(to + at, micro::load(to + at) * (micro::load(right_.data() + at) + bias));
        });
    }

    void add_to_sum(const T* values) {
        for_each_vector(
            [&](index_t at) { micro::store(sum_ + at, micro::load(sum_ + at) + micro::load(values + at)); });
    }
    void add_to_sum(const T* values, const T* mirrored) {
        for_each_vector([&](index_t at) {
            micro::store(sum_ + at, micro::load(sum_ + at) + (micro::load(values + at) + micro::load(mirrored + at)));
        });
    }

    /// The tile of inner products of `rows` at position t with `columns` at position u over the depth blocks from first
    /// to last, written or added to `to`.
    void product(const panel_matrix<Factor>& rows, index_t t, const panel_matrix<Factor>& columns, index_t u,
                 index_t first, index_t last, T* to, bool add) {
        for (index_t b = first; b < last; ++b) {
            const depth_block block = rows.block(b);
            const index_t step = block.depth * lanes;
            const Factor* const a = rows.panel(t, block, tile_.row / lanes);
            const Factor* const c = columns.panel(u, block, tile_.column / lanes);
            for_each_block(height, [&](index_t r, index_t, index_t panel, index_t vectors) {
                const Factor* const a_block = a + r / lanes * step + r % lanes;
                const Factor* const c_block = c + panel * step;
                T* const out = to + r * stride_ + panel * lanes;
                micro::with_vectors(vectors, [&]<int Vectors>() {
                    tile_block<Factor>::template multiply<Vectors>(block.depth, a_block, c_block, out, stride_, add);
                });
            });
            add = true;
        }
    }

    /// f(row, rows, column panel, vectors) for blocks that cover the tile: `most` rows and 3 vectors at most, fewer at
    /// its edges and at the diagonal.
    template <class F>
    void for_each_block(index_t most, F&& f) const {
        const index_t panels = stride_ / lanes, all = (tile_.rows + height - 1) / height * height;
        for (index_t panel = 0; panel < panels; panel += max_vectors)
            for (index_t r = 0; r < all; r += most) {
                const index_t rows = std::min(most, all - r);
                index_t end = std::min<index_t>(panel + max_vectors, panels);
                if (tile_.lower) end = std::min(end, (tile_.row + r + rows - 1 - tile_.column) / lanes + 1);
                if (end > panel) f(r, rows, panel, end - panel);
            }
    }

    /// f(offset) for every vector of the register blocks.
    template <class F>
    void for_each_vector(F&& f) const {
        for_each_block(height, [&](index_t r, index_t rows, index_t panel, index_t vectors) {
            for (index_t row = r; row < r + rows; ++row)
                for (index_t v = 0; v < vectors; ++v) f(row * stride_ + (panel + v) * lanes);
        });
    }

    T* scratch(aligned_buffer<T>& buffer) const {
        if (buffer.size() < size_) buffer = aligned_buffer<T>(size_, "scratch of a kernel tile");
        return buffer.data();
    }

    tile_range tile_{};
    index_t stride_ = 0;
    index_t size_ = 0;
    T* sum_ = nullptr;
    aligned_buffer<T> left_;      // d . d', then its product with right_
    aligned_buffer<T> right_;     // a . a'
    aligned_buffer<T> mirrored_;  // the product with the positions exchanged
    pixel_contraction<Factor> pixels_;
};

}  // namespace lpntk
