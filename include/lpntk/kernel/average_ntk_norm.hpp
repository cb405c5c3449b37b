#pragma once

#include "lpntk/kernel/feature_norms.hpp"

namespace lpntk {

/// sqrt of the mean over the logits k of |J(x_i)^T e_k|^2 for each sample (N numbers): the norm of the trace NTK,
/// whatever the labels.
///
/// K passes of feature_norms, one for each logit: K backward passes a sample. Throws as feature_norms does.
template <jacobian_provider Model>
vector<typename Model::scalar> average_ntk_norm(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                                const batch_options& options = {}) {
    using T = typename Model::scalar;
    const auto outputs = static_cast<index_t>(model.outputs());
    vector<T> squares = vector<T>::Zero(inputs.rows());
    for (index_t k = 0; k < outputs; ++k)
        squares += feature_norms(model, inputs, {}, one_logit{.output = k}, options).array().square().matrix();
    return (squares / static_cast<T>(outputs)).cwiseSqrt();
}

}  // namespace lpntk
