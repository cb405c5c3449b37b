#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/panel_matrix.hpp"
#include "lpntk/model/outer_products.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// One part of the features of N samples, in one of three forms.
///
/// | form      | left              | right            | inner product of two samples                         |
/// | --------- | ----------------- | ---------------- | ---------------------------------------------------- |
/// | dense     | the numbers       | nothing          | sum of products                                      |
/// | factors   | d_t, T of them    | a_t, T of them   | sum over t, t' of (d_t . d'_t') (a_t . a'_t' + bias) |
/// | pixels    | d_t, T of them    | x_p, P of them   | the same, a_t . a'_t' summed up from the x_p . x'_p' |
template <class T>
struct feature_part {
    part_layout layout;                 ///< sizes of what is formed, whatever the form
    part_form form = part_form::dense;  ///< never skipped
    panel_matrix<T> left;               ///< N rows; see above
    panel_matrix<T> right;              ///< N rows, or empty; see above

    /// Room for `samples` rows, uninitialised. Throws memory_error that names the part.
    static feature_part allocate(const part_layout& layout, part_form form, index_t samples) {
        const std::string what = "features of part \"" + layout.name + "\", " + std::to_string(samples) + " samples, " +
                                 std::string(name_of(form));
        if (form == part_form::dense) return {layout, form, panel_matrix<T>(samples, layout.parameters(), 1, what), {}};
        const bool pixels = form == part_form::pixels;
        return {layout, form, panel_matrix<T>(samples, layout.outputs, layout.positions, what),
                panel_matrix<T>(samples, pixels ? layout.channels() : layout.inputs,
                                pixels ? layout.window->pixels() : layout.positions, what)};
    }

    /// Multiply-adds of one inner product; for pixels the additions along rows and columns count as such.
    index_t multiply_adds() const {
        if (form != part_form::pixels) return left.positions() * left.positions() * (left.columns() + right.columns());
        const pixel_window& window = *layout.window;
        return left.positions() * left.positions() * (left.columns() + window.rows.kernel + window.columns.kernel) +
               window.pairs() * right.columns();
    }

    std::size_t bytes() const { return left.bytes() + right.bytes(); }  ///< of both, padding included

    /// The part of sample i written out: layout.parameters() numbers, input major, the bias row last.
    void explicit_row(index_t i, vector_span<T> out) const {
        if (form == part_form::dense) {
            left.row(i, out);
            return;
        }
        vector<T> d(layout.positions * layout.outputs);
        left.row(i, d);
        form_outer_products<T>(layout, d.data(), inputs_of(i).data(), out.data());
    }

    /// The same part in the dense form, or one of pixels as factors; panels shared out over `threads`, the same bits
    /// for any number of them.
    feature_part in_form(part_form wanted, int threads = 1) const {
        constexpr index_t lanes = panel_matrix<T>::lanes;
        feature_part to = allocate(layout, wanted, left.rows());
        if (wanted == part_form::factors) to.left = left;
        parallel_for(left.panels(), threads, [&](index_t panel, int) {
            const index_t first = panel * lanes, count = std::min(lanes, left.rows() - first);
            const bool dense = wanted == part_form::dense;
            matrix<T> rows(count, dense ? layout.parameters() : layout.positions * layout.inputs);
            for (index_t r = 0; r < count; ++r) {
                Eigen::Map<vector<T>> row(rows.row(r).data(), rows.cols());
                if (dense)
                    explicit_row(first + r, row);
                else
                    row = inputs_of(first + r);
            }
            (dense ? to.left : to.right).set_rows(first, rows);
        });
        return to;
    }

private:
    /// a of sample i, T inputs.
    vector<T> inputs_of(index_t i) const {
        vector<T> second(right.positions() * right.columns());
        right.row(i, second);
        if (form == part_form::factors) return second;
        vector<T> a(layout.positions * layout.inputs);
        copy_patches<T>(layout, second.data(), a.data());
        return a;
    }
};

}  // namespace lpntk
