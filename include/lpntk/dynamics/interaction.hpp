#pragma once

#include <span>
#include <utility>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/losses.hpp"
#include "lpntk/model/pushforward.hpp"
#include "lpntk/model/summed_pullback.hpp"

/// Sample interaction (Guo et al., ICLR 2024, section 2): how one SGD step on some samples changes the prediction on
/// others,
///
///     dq(o) = eta A(o) K(o,u) (p(u) - q(u)) + O(eta^2),   A(o) = diag(q) - q q^T,   K(o,u) = J(o) J(u)^T.
///
/// Averaged over a batch of u, the right-hand side is eta A(o) J(o) g with one vector g = mean_u J(u)^T (p - q) in
/// weight space: one backward pass for the batch, one forward-mode pass for each o, and no K x K block at all.
namespace lpntk::inline LPNTK_TARGET {

/// Predictions q on n samples, and their change by one step.
template <class T>
struct predicted_change {
    matrix<T> before;  ///< n x K, q
    matrix<T> change;  ///< n x K, dq to first order; rows sum to 0
};

/// g = mean over the batch of J(u)^T (p(u) - q(u)): the direction of a gradient step without momentum, P numbers.
/// Any model that gives logits; the cost is summed_pullback's. The same bits for any number of threads. Throws
/// argument_error when the batch is not whole (require_valid).
template <jacobian_provider Model>
vector<typename Model::scalar> descent_direction(const Model& model, const dataset<typename Model::scalar>& batch,
                                                 int threads = 0) {
    using T = typename Model::scalar;
    static_assert(gives_logits<Model>,
                  "give the model a member void logits(lpntk::vector_view<scalar> x, "
                  "lpntk::vector_span<scalar> z) const");
    constexpr auto here = "descent_direction";
    require_valid(batch, model, here);
    const loss_gradient towards_label;
    const labelled_cotangents<T, loss_gradient> cotangents(towards_label, batch.labels, batch.size(),
                                                           static_cast<index_t>(model.outputs()), here);
    const auto share = static_cast<T>(batch.size());
    const auto fill = [&](index_t first, const matrix_view<T>& logits, matrix_span<T> u) {
        cotangents(first, logits, u);
        u /= share;
    };
    return summed_pullback(model, batch.inputs, fill, here, threads);
}

/// dq on the rows of `inputs` for the step w += rate * direction; `direction` is minus a gradient, P numbers.
/// With the gradient that training has at hand anyway this costs one pushforward of `inputs`.
template <jacobian_provider Model>
predicted_change<typename Model::scalar> predict_change(const Model& model,
                                                        const sample_rows<typename Model::scalar>& inputs,
                                                        const vector_view<typename Model::scalar>& direction,
                                                        typename Model::scalar rate, int threads = 0) {
    using T = typename Model::scalar;
    logit_changes<T> z = pushforward(model, inputs, direction, threads);
    for (index_t n = 0; n < z.logits.rows(); ++n) {
        const vector<T> q = softmax<T>(z.logits.row(n).transpose());
        const T mean = z.changes.row(n).dot(q);
        z.changes.row(n) = rate * ((z.changes.row(n).array() - mean) * q.transpose().array()).matrix();
        z.logits.row(n) = q.transpose();
    }
    return {std::move(z.logits), std::move(z.changes)};
}

/// dq on the rows of `inputs` for one plain SGD step on `batch` (one sample or more). The model should be without
/// dropout; weight decay and momentum are not part of the formula. Cost, for networks of nn/: about two training steps.
template <jacobian_provider Model>
predicted_change<typename Model::scalar> predict_step(const Model& model, const dataset<typename Model::scalar>& batch,
                                                      const sample_rows<typename Model::scalar>& inputs,
                                                      typename Model::scalar rate, int threads = 0) {
    return predict_change<Model>(model, inputs, descent_direction(model, batch, threads), rate, threads);
}

}  // namespace lpntk
