#pragma once

#include <vector>

#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/for_each_batch.hpp"
#include "lpntk/model/outer_products.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The model pulls back many samples at once: `summed_pullback(inputs, fill, g, threads)` writes g := sum_n J(x_n)^T
/// u_n, with the cotangents of the rows first, first + 1, ... written by fill(first, logits, u).
template <class Model, class Fill>
concept has_summed_pullback =
    has_sizes<Model> && requires(const Model& model, const sample_rows<typename Model::scalar>& x, const Fill& fill,
                                 vector_probe<typename Model::scalar>& g) { model.summed_pullback(x, fill, g, 1); };

namespace detail {

/// Adds the parts of each batch to one flat vector.
template <class T>
class summing_sink {
public:
    summing_sink(const std::vector<part_layout>& layouts, vector<T>& sum)
        : layouts_(layouts), offsets_(part_offsets(layouts)), sum_(sum) {}

    part_form wants(index_t) const { return part_form::factors; }

    void dense(index_t part, const matrix_view<T>& values) {
        for (index_t n = 0; n < values.rows(); ++n) segment(part) += row_of<T>(values, n);
    }

    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        const part_layout& layout = layouts_[static_cast<std::size_t>(part)];
        formed_.resize(layout.parameters());
        for (index_t n = 0; n < d.rows(); ++n) {
            form_outer_products<T>(layout, row_of<T>(d, n).data(), row_of<T>(a, n).data(), formed_.data());
            segment(part) += formed_;
        }
    }

private:
    auto segment(index_t part) {
        const auto p = static_cast<std::size_t>(part);
        return sum_.segment(offsets_[p], layouts_[p].parameters());
    }

    const std::vector<part_layout>& layouts_;
    std::vector<index_t> offsets_;
    vector<T>& sum_;
    vector<T> formed_;
};

}  // namespace detail

/// sum over the rows of `inputs` (N x D) of J(x_n)^T u_n, P numbers; fill(first, logits, u) writes the cotangents of a
/// batch. By the model's own summed_pullback on `threads`, of other models sample by sample on the calling thread.
/// Throws what for_each_batch throws, in the name of `function`. The same bits for any number of threads.
template <jacobian_provider Model, class Fill>
vector<typename Model::scalar> summed_pullback(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                               const Fill& fill, std::string_view function, int threads = 0) {
    using T = typename Model::scalar;
    vector<T> sum = vector<T>::Zero(static_cast<index_t>(model.parameters()));
    if constexpr (has_summed_pullback<Model, Fill>) {
        model.summed_pullback(inputs, fill, sum, threads);
    } else {
        const auto layouts = as_parts_provider(model).part_layouts();
        constexpr index_t batch = has_parts<Model> ? 16 : 1;  // a derived part has P numbers a sample
        for_each_batch(model, inputs, fill, {.batch = batch, .threads = 1}, function,
                       [&](batch_range) { return detail::summing_sink<T>(layouts, sum); });
    }
    return sum;
}

}  // namespace lpntk
