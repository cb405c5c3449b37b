#pragma once

#include <algorithm>

#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// a := the patches of one sample's image x (pixels channels) at each position, zero where they are padding: T inputs.
/// For layouts with a window.
template <class T>
void copy_patches(const part_layout& layout, const T* x, T* a) {
    const pixel_axis &rows = layout.window->rows, &columns = layout.window->columns;
    const index_t channels = layout.channels();
    for (index_t t = 0; t < layout.positions; ++t)
        for (index_t i = 0; i < layout.window->kernel(); ++i, a += channels) {
            const index_t row = rows.pixel(t / columns.positions(), i / columns.kernel);
            const index_t column = columns.pixel(t % columns.positions(), i % columns.kernel);
            if (rows.holds(row) && columns.holds(column))
                std::copy_n(x + (row * columns.pixels + column) * channels, channels, a);
            else
                std::fill_n(a, channels, T(0));
        }
}

/// formed := sum over the positions t of [a_t; 1] (x) d_t, one sample's part written out: layout.parameters() numbers
/// from d (T outputs) and a (T inputs). The same bits whatever threads Eigen has: no product here is one that it shares
/// out.
template <class T>
void form_outer_products(const part_layout& layout, const T* d, const T* a, T* formed) {
    const Eigen::Map<const matrix<T>> d_t(d, layout.positions, layout.outputs);
    const Eigen::Map<const matrix<T>> a_t(a, layout.positions, layout.inputs);
    Eigen::Map<matrix<T>> to(formed, layout.rows(), layout.outputs);
    to.topRows(layout.inputs).noalias() = a_t.transpose().lazyProduct(d_t);
    if (layout.bias) to.row(layout.inputs) = d_t.colwise().sum();
}

/// The same for each row of a batch: d is b x (T outputs), a b x (T inputs), formed b x layout.parameters().
template <class T>
void form_outer_products(const part_layout& layout, const matrix_view<T>& d, const matrix_view<T>& a,
                         matrix_span<T> formed) {
    for (index_t n = 0; n < d.rows(); ++n)
        form_outer_products<T>(layout, d.data() + n * d.outerStride(), a.data() + n * a.outerStride(),
                               formed.data() + n * formed.outerStride());
}

/// Gives the sink a part that the model has as factors, in the form that the sink wants. `scratch` is only grown when
/// it wants the part formed: b x layout.parameters().
///
///     sink.wants(0) ...                                     // models that can form a part themselves ask
///     lpntk::hand_out(sink, 1, layouts[1], d, a, scratch);  // all others leave it to this
template <class T, part_sink<T> Sink>
void hand_out(Sink& sink, index_t part, const part_layout& layout, const matrix_view<T>& d, const matrix_view<T>& a,
              matrix<T>& scratch) {
    const part_form wanted = sink.wants(part);
    if (wanted == part_form::factors) sink.factors(part, d, a);
    if (wanted != part_form::dense) return;
    scratch.resize(d.rows(), layout.parameters());
    form_outer_products<T>(layout, d, a, scratch);
    sink.dense(part, scratch);
}

}  // namespace lpntk
