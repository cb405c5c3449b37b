#pragma once

#include <span>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/derived_parts.hpp"
#include "lpntk/nn/batch_gradient.hpp"
#include "lpntk/nn/loss.hpp"

/// Sample interaction (paper section 2): how one SGD step on some samples changes the prediction on others,
///
///     dq(o) = eta A(o) K(o,u) (p(u) - q(u)) + O(eta^2),   A(o) = diag(q) - q q^T,   K(o,u) = J(o) J(u)^T.
///
/// Averaged over a batch of u, the right-hand side is eta A(o) J(o) g with one vector g = mean_u J(u)^T (p - q) in weight
/// space: one backward pass for the batch, one forward-mode pass for each o, and no K x K block at all.
namespace lpntk {

/// Logits of n samples and how fast they change as the weights move.
template <class T>
struct moving_logits {
    matrix<T> logits;   ///< n x K
    matrix<T> changes;  ///< n x K, row n is J(x_n) w' for the direction w'
};

/// Predictions q on n samples, and their change by one step.
template <class T>
struct predicted_change {
    matrix<T> before;  ///< n x K, q
    matrix<T> change;  ///< n x K, dq to first order; rows sum to 0
};

namespace detail {

/// A network of nn/, by what batch_gradient asks of it.
template <class Model>
concept runs_forward = requires(const Model& model, typename Model::workspace& buffers,
                                matrix_view<typename Model::scalar> batch) { model.forward(buffers, batch); };

}  // namespace detail

/// g = mean over the batch of J(u)^T (p(u) - q(u)): the direction of a gradient step without momentum, P numbers.
/// Networks of nn/ compute it in one pass over the batch on `threads`; other models by one pullback a sample on the calling
/// thread. The same bits for any number of threads. Throws argument_error when the batch is not whole (require_valid).
template <jacobian_provider Model>
vector<typename Model::scalar> descent_direction(const Model& model, const dataset<typename Model::scalar>& batch,
                                                 int threads = 0) {
    using T = typename Model::scalar;
    assert_cotangent<Model, loss_gradient>();
    require_valid(batch, "descent_direction");
    if constexpr (detail::runs_forward<Model>) {
        nn::batch_gradient<Model> gradient;
        gradient.compute(model, batch.inputs, batch.labels, threads);
        return -gradient.gradient();
    } else {
        const auto& provider = as_parts_provider(model);
        const auto parameters = static_cast<index_t>(model.parameters());
        typename std::remove_cvref_t<decltype(provider)>::workspace scratch;
        vector<T> sum = vector<T>::Zero(parameters);
        matrix<T> feature(1, parameters);
        for (index_t n = 0; n < batch.size(); ++n) {
            flat_parts<T> sink(provider.part_layouts(), feature, true);
            provider.parts(
                scratch, batch.inputs.middleRows(n, 1),
                [&](const matrix_view<T>& z, matrix_span<T> u) {
                    apply_cotangents<T>(loss_gradient{}, z, std::span(batch.labels).subspan(static_cast<std::size_t>(n), 1), u);
                },
                sink);
            sum += feature.row(0).transpose();
        }
        return sum / static_cast<T>(batch.size());
    }
}

/// Logits of the rows of `inputs` (n x D), and J(x_n) w' for a direction w' in weight space (P numbers).
/// Networks of nn/ use one forward-mode pass; other models K pullbacks a sample, for which they must give logits.
template <jacobian_provider Model>
moving_logits<typename Model::scalar> logit_changes(const Model& model,
                                                         const matrix_view<typename Model::scalar>& inputs,
                                                         const vector_view<typename Model::scalar>& direction,
                                                         int threads = 0) {
    using T = typename Model::scalar;
    moving_logits<T> result{matrix<T>(inputs.rows(), model.outputs()), matrix<T>(inputs.rows(), model.outputs())};
    if constexpr (requires { model.pushforward(inputs, direction, result.logits, result.changes, threads); }) {
        model.pushforward(inputs, direction, result.logits, result.changes, threads);
    } else {
        static_assert(has_logits<Model>, "give the model a member void logits(vector_view<scalar> x, "
                                         "vector_span<scalar> z) const");
        const auto outputs = static_cast<index_t>(model.outputs());
        const auto parameters = static_cast<index_t>(model.parameters());
        require(direction.size() == parameters, "logit_changes", "length of the direction", direction.size(), parameters);
        parallel_for(inputs.rows(), threads, [&](index_t n, int) {
            const auto x = row_of<T>(inputs, n);
            vector<T> z(outputs), u(outputs), gradient(parameters);
            model.logits(x, z);
            result.logits.row(n) = z.transpose();
            pullback_workspace<Model> workspace;
            for (index_t k = 0; k < outputs; ++k) {
                u.setZero();
                u[k] = T(1);
                pullback(model, x, u, gradient, workspace);
                result.changes(n, k) = gradient.dot(direction);
            }
        });
    }
    return result;
}

/// dq on the rows of `inputs` for the step w += rate * direction; `direction` is minus a gradient, P numbers.
/// With the gradient that training has at hand anyway this costs three forward passes of `inputs`.
template <jacobian_provider Model>
predicted_change<typename Model::scalar> predict_change(const Model& model,
                                                        const matrix_view<typename Model::scalar>& inputs,
                                                        const vector_view<typename Model::scalar>& direction,
                                                        typename Model::scalar rate, int threads = 0) {
    using T = typename Model::scalar;
    moving_logits<T> z = logit_changes(model, inputs, direction, threads);
    for (index_t n = 0; n < z.logits.rows(); ++n) {
        const vector<T> q = nn::softmax<T>(row_of<T>(matrix_view<T>(z.logits), n));
        const T mean = z.changes.row(n).dot(q);
        z.changes.row(n) = rate * ((z.changes.row(n).array() - mean) * q.transpose().array()).matrix();
        z.logits.row(n) = q.transpose();
    }
    return {std::move(z.logits), std::move(z.changes)};
}

/// dq on the rows of `inputs` for one plain SGD step on `batch` (one sample or more). The model should be without
/// dropout; weight decay and momentum are not part of the formula. Cost: about two training steps.
template <jacobian_provider Model>
predicted_change<typename Model::scalar> predict_step(const Model& model, const dataset<typename Model::scalar>& batch,
                                                      const matrix_view<typename Model::scalar>& inputs,
                                                      typename Model::scalar rate, int threads = 0) {
    return predict_change<Model>(model, inputs, descent_direction(model, batch, threads), rate, threads);
}

}  // namespace lpntk
