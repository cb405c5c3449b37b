#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/for_each_batch.hpp"
#include "lpntk/model/logits.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The model writes dz := J(x) v (length K) for a direction v in weight space (length P): one forward-mode pass.
template <class Model>
concept has_pushforward =
    has_sizes<Model> &&
    requires(const Model& model, vector_view<typename Model::scalar> x, vector_view<typename Model::scalar> v,
             vector_probe<typename Model::scalar>& dz) { model.pushforward(x, v, dz); };

/// The same for many samples at once, with their logits: `pushforward(inputs, v, logits, changes, threads)` writes N x
/// K each.
template <class Model>
concept has_batched_pushforward =
    has_sizes<Model> &&
    requires(const Model& model, const sample_rows<typename Model::scalar>& x, vector_view<typename Model::scalar> v,
             matrix_probe<typename Model::scalar>& out) { model.pushforward(x, v, out, out, 1); };

/// Logits of N samples, and how fast they change as the weights move along a direction v.
template <class T>
struct logit_changes {
    matrix<T> logits;   ///< N x K
    matrix<T> changes;  ///< N x K, row n is J(x_n) v
};

namespace detail {

/// Takes the parts of a batch and adds up their inner products with a direction, one number a sample: (J^T u) . v.
template <class T>
class directional_sink {
public:
    directional_sink(const std::vector<part_layout>& layouts, const vector_view<T>& direction, index_t samples)
        : layouts_(layouts), offsets_(part_offsets(layouts)), direction_(direction), sums_(vector<T>::Zero(samples)) {}

    part_form wants(index_t) const { return part_form::factors; }

    void dense(index_t part, const matrix_view<T>& values) {
        for (index_t n = 0; n < values.rows(); ++n)
            sums_[n] += row_of<T>(values, n).dot(direction_.segment(offset(part), values.cols()));
    }

    /// sum over t of a_t^T V d_t, V being the part's share of the direction, the bias its last row.
    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        const part_layout& l = layouts_[static_cast<std::size_t>(part)];
        const Eigen::Map<const matrix<T>> v(direction_.data() + offset(part), l.rows(), l.outputs);
        for (index_t n = 0; n < d.rows(); ++n)
            for (index_t t = 0; t < l.positions; ++t) {
                const auto d_t = row_of<T>(d, n).segment(t * l.outputs, l.outputs);
                const vector<T> moved = v * d_t;
                sums_[n] += row_of<T>(a, n).segment(t * l.inputs, l.inputs).dot(moved.head(l.inputs));
                if (l.bias) sums_[n] += moved[l.inputs];
            }
    }

    const vector<T>& sums() const { return sums_; }

private:
    index_t offset(index_t part) const { return offsets_[static_cast<std::size_t>(part)]; }

    const std::vector<part_layout>& layouts_;
    std::vector<index_t> offsets_;
    const vector_view<T>& direction_;
    vector<T> sums_;
};

/// Row n of `changes`, column k: the gradient of logit k of sample n, times the direction. K backward passes a sample.
template <jacobian_provider Model>
void changes_by_pullbacks(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                          const vector_view<typename Model::scalar>& direction, int threads,
                          matrix<typename Model::scalar>& changes) {
    using T = typename Model::scalar;
    const auto layouts = as_parts_provider(model).part_layouts();
    struct column_sink : directional_sink<T> {
        matrix<T>& changes;
        index_t first, column;
        void finish() { changes.col(column).segment(first, this->sums().size()) = this->sums(); }
    };
    for (index_t k = 0; k < changes.cols(); ++k)
        for_each_batch(model, inputs, {}, one_logit{k}, {.threads = threads}, "pushforward", [&](batch_range range) {
            return column_sink{{layouts, direction, range.count}, changes, range.first, k};
        });
}

}  // namespace detail

/// J(x_n) v for every row of `inputs` (N x D) and one direction v of the weights (P numbers), with the logits.
///
/// By the model's pushforward, one sample or many at once, at the cost of about three forward passes; of other models
/// by K backward passes a sample, for which they must give logits. The same bits for any number of threads. Throws
/// argument_error when the direction has not P numbers or a sample not D, numeric_error naming the sample whose logits
/// or changes are not finite.
template <jacobian_provider Model>
logit_changes<typename Model::scalar> pushforward(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                                  const vector_view<typename Model::scalar>& direction,
                                                  int threads = 0) {
    using T = typename Model::scalar;
    static_assert(gives_logits<Model>,
                  "give the model a member void logits(lpntk::vector_view<scalar> x, "
                  "lpntk::vector_span<scalar> z) const");
    const auto outputs = static_cast<index_t>(model.outputs());
    require(direction.size() == static_cast<index_t>(model.parameters()), "pushforward", "length of the direction",
            direction.size(), model.parameters());
    logit_changes<T> result{{}, allocate_matrix<T>(inputs.rows(), outputs, "pushforward")};
    if constexpr (has_batched_pushforward<Model>) {
        result.logits = allocate_matrix<T>(inputs.rows(), outputs, "pushforward");
        model.pushforward(inputs, direction, result.logits, result.changes, threads);
    } else {
        result.logits = logits_of(model, inputs, threads);
        result.changes.setConstant(std::numeric_limits<T>::quiet_NaN());  // what is not written is found
        if constexpr (has_pushforward<Model>)
            parallel_for(inputs.rows(), threads_for(model, threads), [&](index_t n, int) {
                model.pushforward(row_of<T>(inputs, n), direction,
                                  Eigen::Map<vector<T>>(result.changes.row(n).data(), outputs));
            });
        else
            detail::changes_by_pullbacks(model, inputs, direction, threads, result.changes);
    }
    require_finite<T>(result.logits, "pushforward", "logit vector");
    require_finite<T>(result.changes, "pushforward", "change of the logits");
    return result;
}

}  // namespace lpntk
