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

/// One part of the features of N samples, in one of two forms.
///
/// | form      | left              | right            | inner product of two samples                         |
/// | --------- | ----------------- | ---------------- | ---------------------------------------------------- |
/// | dense     | the numbers       | nothing          | sum of products                                      |
/// | factors   | d_t, T of them    | a_t, T of them   | sum over t, t' of (d_t . d'_t') (a_t . a'_t' + bias) |
template <class T>
struct feature_part {
    part_layout layout;                 ///< sizes of what is formed, whatever the form
    part_form form = part_form::dense;  ///< dense or factors, never skipped
    panel_matrix<T> left;               ///< N rows; see above
    panel_matrix<T> right;              ///< N rows, or empty; see above

    /// Room for `samples` rows, uninitialised. Throws memory_error that names the part.
    static feature_part allocate(const part_layout& layout, part_form form, index_t samples) {
        const std::string what = "features of part \"" + layout.name + "\", " + std::to_string(samples) + " samples, " +
                                 std::string(name_of(form));
        if (form == part_form::dense) return {layout, form, panel_matrix<T>(samples, layout.parameters(), 1, what), {}};
        return {layout, form, panel_matrix<T>(samples, layout.outputs, layout.positions, what),
                panel_matrix<T>(samples, layout.inputs, layout.positions, what)};
    }

    std::size_t bytes() const { return left.bytes() + right.bytes(); }  ///< of both, padding included

    /// The part of sample i written out: layout.parameters() numbers, input major, the bias row last.
    void explicit_row(index_t i, vector_span<T> out) const {
        if (form == part_form::dense) {
            left.row(i, out);
            return;
        }
        vector<T> d(layout.positions * layout.outputs), a(layout.positions * layout.inputs);
        left.row(i, d);
        right.row(i, a);
        form_outer_products<T>(layout, d.data(), a.data(), out.data());
    }

    /// The same part in the dense form, panels shared out over `threads`; the same bits for any number of them.
    feature_part formed(int threads = 1) const {
        constexpr index_t lanes = panel_matrix<T>::lanes;
        feature_part dense = allocate(layout, part_form::dense, left.rows());
        parallel_for(left.panels(), threads, [&](index_t panel, int) {
            const index_t first = panel * lanes, count = std::min(lanes, left.rows() - first);
            matrix<T> rows(count, layout.parameters());
            for (index_t r = 0; r < count; ++r)
                explicit_row(first + r, Eigen::Map<vector<T>>(rows.row(r).data(), rows.cols()));
            dense.left.set_rows(first, rows);
        });
        return dense;
    }
};

}  // namespace lpntk
