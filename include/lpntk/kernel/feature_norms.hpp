#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/kernel/norm_sink.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/for_each_batch.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// |phi(x_i, y_i)| = |J(x_i)^T u| for every row of `inputs` (N x D): sqrt(kappa(i, i)) without a Gram.
///
///     GraNd (Paul et al. 2021)     feature_norms(model, data, loss_gradient{})
///     lpNTK, pNTK norm             feature_norms(model, data, label_signs{}), all_ones{}
///
/// One backward pass a sample; features are never kept, those of convolutions formed only where that is cheaper.
/// `labels` may be empty when the cotangent needs none. The same bits for any number of threads. Throws argument_error
/// for no samples, bad labels or lengths, a model that breaks the rules of parts(); numeric_error naming the sample and
/// the part for numbers that are not finite.
template <jacobian_provider Model, class Cotangent>
vector<typename Model::scalar> feature_norms(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                             std::span<const int> labels, const Cotangent& cotangent,
                                             const batch_options& options = {}) {
    using T = typename Model::scalar;
    const auto layouts = as_parts_provider(model).part_layouts();
    vector<T> norms(inputs.rows());
    for_each_batch(model, inputs, labels, cotangent, options, "feature_norms", [&](batch_range range) {
        return detail::norm_sink<T>(layouts, norms.segment(range.first, range.count));
    });
    const index_t bad = first_not_finite(norms.data(), norms.size());
    if (bad < norms.size())
        throw numeric_error("feature_norms: the feature of sample " + std::to_string(bad) + " holds NaN or infinity");
    return norms;
}

/// The same for the samples of a dataset. Throws also when its rows are not as long as its shape says.
template <jacobian_provider Model, class Cotangent>
vector<typename Model::scalar> feature_norms(const Model& model, const dataset<typename Model::scalar>& data,
                                             const Cotangent& cotangent, const batch_options& options = {}) {
    require_shape(data, model, "feature_norms");
    return feature_norms(model, sample_rows<typename Model::scalar>(data.inputs), std::span<const int>(data.labels),
                         cotangent, options);
}

}  // namespace lpntk
