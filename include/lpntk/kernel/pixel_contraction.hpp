#pragma once

#include <algorithm>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/aligned_buffer.hpp"
#include "lpntk/kernel/parts.hpp"
#include "lpntk/kernel/tile_block.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Contracts a convolution's part kept as pixels, for a block of samples at a time that stays in cache. One for each
/// thread. With d_t the cotangents at position t, x_p the pixels, and t + delta what number delta of the kernel sees,
///
///     kappa = sum over t, t' of (d_t . d'_t') (sum over delta of x_{t+delta} . x'_{t'+delta} + bias)
///
/// Both pixels move by the same delta, so the inner sum runs along a diagonal of the Gram of single pixels, and first
/// along the rows of the images, then along their columns:
///
///     for e = 0, 1, ...                              rows of positions e apart: y below means y and y + e, and
///       for each row of positions                    the two exchanged
///         for the image rows y that it sees first    x . x' for all pairs of pixels in the rows      W^2 products
///                                                    sums over the kernel's columns                  kept for y
///         for each pair of positions                 sum over the kernel's rows of what is kept, times d . d'
///
/// so that no more is kept than a kernel's height of image rows. The order of an entry's terms depends on the shapes
/// alone and is that of its mirrored entry.
template <class Factor>
class pixel_contraction {
    using block = tile_block<Factor>;

public:
    using T = typename block::T;                    ///< of sums
    static constexpr index_t lanes = block::lanes;  ///< columns in a panel
    static constexpr index_t rows_at_once = 16;     ///< of a tile, whose scratch stays in cache
    static_assert(rows_at_once % block::height == 0);

    /// Samples row, ..., row + rows - 1 against those of `vectors` column panels.
    struct place {
        index_t row;      ///< the first
        index_t rows;     ///< how many
        index_t panel;    ///< the first panel
        index_t vectors;  ///< how many panels
    };

    /// Numbers of scratch for such a window.
    static index_t scratch(const pixel_window& window) {
        const index_t positions = window.columns.positions(), pixels = window.columns.pixels;
        return (pixels * pixels + 2 * window.rows.kernel * positions * positions + 4) * rows_at_once *
               block::max_vectors * lanes;
    }

    /// Adds the part's inner products to the rows of `sum`, `stride` apart. phi and psi are of the same layout.
    void add(const feature_part<Factor>& phi, const feature_part<Factor>& psi, const place& at, T* sum,
             index_t stride) {
        phi_ = &phi, psi_ = &psi, at_ = at, window_ = *phi.layout.window;
        size_ = at.rows * at.vectors * lanes;
        if (room_.size() < scratch(window_)) room_ = aligned_buffer<T>(scratch(window_), "scratch of a kernel tile");
        const index_t pixels = window_.columns.pixels, positions = window_.columns.positions();
        products_ = room_.data();
        kept_ = products_ + pixels * pixels * size_;
        mirrored_kept_ = kept_ + window_.rows.kernel * positions * positions * size_;
        sum_ = mirrored_kept_ + window_.rows.kernel * positions * positions * size_;
        const index_t width = at.vectors * lanes;
        for (index_t r = 0; r < at.rows; ++r) std::copy_n(sum + r * stride, width, sum_ + r * width);
        micro::with_vectors(at.vectors, [&]<int Vectors>() { contract<Vectors>(); });
        for (index_t r = 0; r < at.rows; ++r) std::copy_n(sum_ + r * width, width, sum + r * stride);
    }

private:
    template <int Vectors>
    void contract() {
        const pixel_axis& rows = window_.rows;
        for (index_t apart = 0; apart < rows.positions(); ++apart)
            for (index_t row = 0, next = 0; row + apart < rows.positions(); ++row) {
                seen_.clear();
                for (index_t offset = 0; offset < rows.kernel; ++offset) {
                    const index_t y = rows.pixel(row, offset), other = y + apart * rows.stride;
                    if (!rows.holds(y) || !rows.holds(other)) continue;
                    const index_t slot = y % rows.kernel;
                    seen_.push_back(slot);
                    if (y < next) continue;
                    next = y + 1;
                    sum_along_columns<Vectors>(y, other, kept(kept_, slot));
                    if (apart > 0) sum_along_columns<Vectors>(other, y, kept(mirrored_kept_, slot));
                }
                add_positions<Vectors>(row, row + apart);
            }
    }

    /// to(t, t') := sum over the kernel's columns of x . x', for all pairs of positions, of one image row each.
    template <int Vectors>
    void sum_along_columns(index_t y, index_t other, T* to) {
        const pixel_axis& columns = window_.columns;
        const index_t width = columns.pixels, positions = columns.positions();
        for (index_t apart = 1 - positions; apart < positions; ++apart)
            for (index_t x = 0; x < width; ++x)
                if (const index_t x2 = x + apart * columns.stride; columns.holds(x2))
                    product<Vectors>(phi_->right, y * width + x, psi_->right, other * width + x2,
                                     products_ + (x * width + x2) * size_);
        for (index_t t = 0; t < positions; ++t)
            for (index_t u = 0; u < positions; ++u, to += size_) {
                terms_.clear();
                for (index_t offset = 0; offset < columns.kernel; ++offset) {
                    const index_t x = columns.pixel(t, offset), x2 = columns.pixel(u, offset);
                    if (columns.holds(x) && columns.holds(x2)) terms_.push_back(products_ + (x * width + x2) * size_);
                }
                add_up(to);
            }
    }

    /// The sum goes on with all pairs of positions of two rows, each together with the pair exchanged.
    template <int Vectors>
    void add_positions(index_t row, index_t other) {
        const index_t positions = window_.columns.positions();
        T *const values = sum_ + size_, *const mirrored = sum_ + 2 * size_;
        const T* const mirrored_from = row == other ? kept_ : mirrored_kept_;
        for (index_t t = 0; t < positions; ++t)
            for (index_t u = row == other ? t : 0; u < positions; ++u) {
                const index_t first = row * positions + t, second = other * positions + u;
                times_cotangents<Vectors>(first, second, kept_, t * positions + u, values);
                if (first == second) {
                    each_vector(
                        [&](index_t i) { micro::store(sum_ + i, micro::load(sum_ + i) + micro::load(values + i)); });
                    continue;
                }
                times_cotangents<Vectors>(second, first, mirrored_from, u * positions + t, mirrored);
                each_vector([&](index_t i) {
                    micro::store(sum_ + i,
                                 micro::load(sum_ + i) + (micro::load(values + i) + micro::load(mirrored + i)));
                });
            }
    }

    /// to := (d_t . d'_u) (the kept sums of the image rows seen at this pair + bias)
    template <int Vectors>
    void times_cotangents(index_t t, index_t u, const T* from, index_t pair, T* to) {
        const T bias = phi_->layout.bias ? T(1) : T(0);
        T* const shifted = sum_ + 3 * size_;
        terms_.clear();
        for (const index_t slot : seen_) terms_.push_back(kept(from, slot) + pair * size_);
        add_up(shifted);
        product<Vectors>(phi_->left, t, psi_->left, u, to);
        each_vector([&](index_t i) { micro::store(to + i, micro::load(to + i) * (micro::load(shifted + i) + bias)); });
    }

    /// to := the block's inner products of `left` at position t with `right` at position u.
    template <int Vectors>
    void product(const panel_matrix<Factor>& left, index_t t, const panel_matrix<Factor>& right, index_t u,
                 T* to) const {
        for (index_t b = 0; b < left.blocks(); ++b) {
            const depth_block depths = left.block(b);
            const Factor* const columns = right.panel(u, depths, at_.panel);
            for (index_t r = at_.row; r < at_.row + at_.rows; r += block::height)
                block::template multiply<Vectors>(depths.depth, left.panel(t, depths, r / lanes) + r % lanes, columns,
                                                  to + (r - at_.row) * Vectors * lanes, Vectors * lanes, b > 0);
        }
    }

    /// to := the terms added up in order.
    void add_up(T* to) const {
        if (terms_.empty()) return void(std::fill_n(to, size_, T(0)));
        each_vector([&](index_t i) {
            auto sum = micro::load(terms_[0] + i);
            for (std::size_t k = 1; k < terms_.size(); ++k) sum += micro::load(terms_[k] + i);
            micro::store(to + i, sum);
        });
    }

    template <class F>
    void each_vector(F&& f) const {
        for (index_t i = 0; i < size_; i += lanes) f(i);
    }

    template <class Pointer>
    Pointer kept(Pointer from, index_t slot) const {
        const index_t positions = window_.columns.positions();
        return from + slot * positions * positions * size_;
    }

    const feature_part<Factor>* phi_ = nullptr;
    const feature_part<Factor>* psi_ = nullptr;
    place at_{};
    pixel_window window_{};
    index_t size_ = 0;  // numbers of the block
    aligned_buffer<T> room_;
    T *products_ = nullptr, *kept_ = nullptr, *mirrored_kept_ = nullptr, *sum_ = nullptr;  // in the room
    std::vector<index_t> seen_;
    std::vector<const T*> terms_;
};

}  // namespace lpntk
