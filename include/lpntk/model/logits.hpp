#pragma once

#include <limits>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/model/for_each_batch.hpp"
#include "lpntk/model/jacobian_provider.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The model gives the logits of many samples at once: `logits(inputs, threads)` returns N x K.
template <class Model>
concept has_batched_logits =
    has_sizes<Model> && requires(const Model& model, const sample_rows<typename Model::scalar>& x) {
        { model.logits(x, 1) } -> std::convertible_to<matrix<typename Model::scalar>>;
    };

namespace detail {

/// Wants no part at all.
template <class T>
struct no_parts {
    part_form wants(index_t) const { return part_form::skipped; }
    void dense(index_t, const matrix_view<T>&) {}
    void factors(index_t, const matrix_view<T>&, const matrix_view<T>&) {}
};

}  // namespace detail

/// The logits of the rows of `inputs` (N x D), N x K, of any model that gives them: by its own batches, by logits(x, z)
/// one sample at a time, or by parts() (whose backward pass is then for nothing). The same bits for any number of
/// threads. Throws argument_error when a sample has not the model's D numbers.
template <class Model>
    requires gives_logits<Model> || has_batched_logits<Model>
matrix<typename Model::scalar> logits_of(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                         int threads = 0) {
    using T = typename Model::scalar;
    if constexpr (has_batched_logits<Model>) {
        return model.logits(inputs, threads);
    } else if constexpr (has_logits<Model>) {
        if constexpr (has_inputs<Model>)
            require(inputs.cols() == static_cast<index_t>(model.inputs()), "logits_of", "numbers in a sample",
                    inputs.cols(), model.inputs());
        auto z = allocate_matrix<T>(inputs.rows(), static_cast<index_t>(model.outputs()), "logits_of");
        z.setConstant(std::numeric_limits<T>::quiet_NaN());  // what is not written is found
        parallel_for(inputs.rows(), threads_for(model, threads), [&](index_t n, int) {
            model.logits(row_of<T>(inputs, n), Eigen::Map<vector<T>>(z.row(n).data(), z.cols()));
        });
        return z;
    } else {
        auto z = allocate_matrix<T>(inputs.rows(), static_cast<index_t>(model.outputs()), "logits_of");
        const auto keep = [&](index_t first, const matrix_view<T>& logits, matrix_span<T> u) {
            z.middleRows(first, logits.rows()) = logits;
            u.setZero();
        };
        for_each_batch(model, inputs, keep, {.threads = threads}, "logits_of",
                       [](batch_range) { return detail::no_parts<T>(); });
        return z;
    }
}

}  // namespace lpntk
