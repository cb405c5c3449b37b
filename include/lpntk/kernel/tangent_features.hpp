#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/cost_model.hpp"
#include "lpntk/kernel/feature_writer.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/rows.hpp"  // what by_class and the selections find of features
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/for_each_batch.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Of everything that makes features: tangent_features, logit_features, and the kernels straight from a model.
struct feature_options {
    index_t batch = 16;     ///< samples of one backward pass; rounded up to whole panels
    int threads = 0;        ///< 0: all that there are
    progress report = {};   ///< told after each batch
    cost_model costs = {};  ///< decides which parts are formed, as if all pairs will be contracted; say so when only
                            ///< a share will: {.pairs_share = 1.0 / classes} for by_class and gram_by_class
    std::vector<part_form> forms =
        {};                  ///< one for each part: overrules the cost model; empty: does not. Skipped parts are
                             ///< left out of the features, so that a kernel can be summed up part by part
    std::size_t memory = 0;  ///< bytes, 0: no bound. A kernel straight from a model keeps to it by as many passes as
                             ///< it takes, with the same bits; features that are larger are refused
};

namespace detail {

/// The features of the rows `only` of the inputs, in these forms. Cotangents as for_each_batch takes them: by labels
/// and a cotangent, or by fill(). Errors name a sample by its row in the inputs.
template <jacobian_provider Model, class... Cotangents>
features<typename Model::scalar> collect_features(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                                  batch_range only, const std::vector<part_layout>& layouts,
                                                  const std::vector<part_form>& forms, const batch_options& options,
                                                  std::string_view function, const Cotangents&... cotangents) {
    using T = typename Model::scalar;
    planned_features<T> planned(layouts, forms, only.count);
    batch_options own = options;
    own.batch = micro::padded_within<T>(options.batch, only.count);
    own.only = only;
    for_each_batch(model, inputs, cotangents..., own, function,
                   [&](batch_range range) { return feature_writer<T>(planned, range.first - only.first); });
    return {only.count, std::move(planned.parts)};
}

/// The features of all inputs.
template <jacobian_provider Model, class... Cotangents>
features<typename Model::scalar> collect_features(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                                  const feature_options& options, std::string_view function,
                                                  const Cotangents&... cotangents) {
    using T = typename Model::scalar;
    const index_t size = inputs.rows();
    require(size >= 1, function, "number of samples", size, ">= 1");
    require(options.batch >= 1, function, "batch", options.batch, ">= 1");
    const std::vector<part_layout> layouts = as_parts_provider(model).part_layouts();
    const std::vector<part_form> forms = forms_of(layouts, options.forms, options.costs, size, function);
    double bytes = 0;
    for (std::size_t p = 0; p < layouts.size(); ++p)
        bytes += static_cast<double>(cost_model::numbers(layouts[p], forms[p])) *
                 static_cast<double>(micro::padded<T>(size) * static_cast<index_t>(sizeof(T)));
    if (options.memory > 0 && bytes > static_cast<double>(options.memory))
        require(false, function, "memory", options.memory,
                ">= " + std::to_string(static_cast<std::uint64_t>(bytes)) + " bytes, the features of " +
                    std::to_string(size) + " samples; gram, gram_by_class and rows of the model itself do with less");
    return collect_features(model, inputs, {0, size}, layouts, forms, {options.batch, options.threads, options.report},
                            function, cotangents...);
}

}  // namespace detail

/// phi(x_i, y_i) = J(x_i)^T u(x_i, y_i) for every row x_i of `inputs` (N x D): one backward pass a sample, whatever
/// the number of classes (for label_signs the features of lpNTK; Guo et al., ICLR 2024, section 3).
///
///     const auto phi = lpntk::tangent_features(model, inputs, labels, lpntk::label_signs{});
///
/// `labels` (N) may be empty when the cotangent needs none. Batches do not depend on the number of threads, nor
/// do the results. Throws argument_error for no samples, a label not in [0, K), lengths that do not match, a model that
/// breaks the rules of parts(); numeric_error naming the sample and the part for inputs, logits, cotangents or features
/// that are not finite; memory_error when the features do not fit. Memory: features::bytes(), and a batch's workspace a
/// thread.
template <jacobian_provider Model, class Cotangent>
features<typename Model::scalar> tangent_features(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                                  std::span<const int> labels, const Cotangent& cotangent,
                                                  const feature_options& options = {}) {
    return detail::collect_features(model, inputs, options, "tangent_features", labels, cotangent);
}

/// The same for the samples of a dataset. Throws also when its rows are not as long as its shape says.
template <jacobian_provider Model, class Cotangent>
features<typename Model::scalar> tangent_features(const Model& model, const dataset<typename Model::scalar>& data,
                                                  const Cotangent& cotangent, const feature_options& options = {}) {
    require_shape(data, model, "tangent_features");
    return tangent_features(model, sample_rows<typename Model::scalar>(data.inputs), std::span<const int>(data.labels),
                            cotangent, options);
}

}  // namespace lpntk
