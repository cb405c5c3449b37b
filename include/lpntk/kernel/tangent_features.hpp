#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/cost_model.hpp"
#include "lpntk/kernel/feature_sink.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/rows.hpp"   // what by_class and the selections find of features
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/derived_parts.hpp"

namespace lpntk {

struct feature_options {
    index_t batch = 16;             ///< samples of one backward pass; rounded up to whole panels
    int threads = 0;                ///< 0: all that there are
    progress report = {};           ///< told after each batch
    cost_model costs = {};          ///< decides which parts are formed, as if all pairs will be contracted; say so when only
                                    ///< a share will: {.pairs_share = 1.0 / classes} for by_class and gram_by_class
    std::vector<part_form> forms = {};  ///< one for each part: overrules the cost model; empty: does not
};

/// phi(x_i, y_i) = J(x_i)^T u(x_i, y_i) for every row x_i of `inputs` (N x D): one backward pass a sample, whatever
/// the number of classes (spec section 3; for label_signs the features of the paper's lpNTK).
///
///     const auto phi = lpntk::tangent_features(model, inputs, labels, lpntk::label_signs{});
///
/// `labels` (N) may be empty when the cotangent needs none. Batches do not depend on the number of threads, nor
/// do the results. Throws argument_error for no samples, a label not in [0, K), lengths that do not match;
/// numeric_error naming the sample and the part for inputs, logits or features that are not finite;
/// memory_error when the features do not fit. Memory: features::bytes(), and a batch's workspace a thread.
template <jacobian_provider Model, class Cotangent>
features<typename Model::scalar> tangent_features(const Model& model,
                                                  const matrix_view<typename Model::scalar>& inputs,
                                                  std::span<const int> labels, const Cotangent& cotangent,
                                                  const feature_options& options = {}) {
    using T = typename Model::scalar;
    assert_cotangent<Model, Cotangent>();
    const char* const here = "tangent_features";
    const auto outputs = static_cast<index_t>(model.outputs());
    const index_t size = inputs.rows();
    require(size >= 1, here, "number of samples", size, ">= 1");
    require(options.batch >= 1, here, "batch", options.batch, ">= 1");
    const bool unlabelled = labels.empty() && !needs_label_v<Cotangent, T>;
    require(unlabelled || static_cast<index_t>(labels.size()) == size, here, "number of labels", labels.size(),
            "the number of samples, " + std::to_string(size));
    require_labels(labels, static_cast<int>(outputs), here);
    require_finite<T>(inputs, here, "input");

    const auto& provider = as_parts_provider(model);
    using provider_type = std::remove_cvref_t<decltype(provider)>;
    const std::vector<part_layout> layouts = provider.part_layouts();
    std::vector<feature_part<T>> parts =
        detail::allocate_parts<T>(layouts, options.forms, options.costs, size,
                                  static_cast<index_t>(model.parameters()));

    const index_t batch = padded<T>(options.batch);
    std::vector<typename provider_type::workspace> workspaces(
        static_cast<std::size_t>(worker_count(options.threads)));
    const std::vector<int> no_labels(unlabelled ? static_cast<std::size_t>(batch) : 0);
    parallel_for((size + batch - 1) / batch, options.threads, options.report, [&](index_t item, int worker) {
        const index_t first = item * batch;
        const index_t count = std::min(batch, size - first);
        const std::span<const int> batch_labels =
            unlabelled ? std::span<const int>(no_labels).first(static_cast<std::size_t>(count))
                       : labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        feature_sink<T> sink(parts, first, count);
        provider.parts(
            workspaces[static_cast<std::size_t>(worker)], inputs.middleRows(first, count),
            [&](matrix_view<T> logits, matrix_span<T> u) {
                sink.check_finite(logits, "logits");
                apply_cotangents<T>(cotangent, logits, batch_labels, u);
                sink.check_finite(u, "cotangent");
            },
            sink);
        sink.require_complete();
    });
    return {size, std::move(parts)};
}

/// The same for the samples of a dataset. Throws also when its rows are not as long as its shape says.
template <jacobian_provider Model, class Cotangent>
features<typename Model::scalar> tangent_features(const Model& model, const dataset<typename Model::scalar>& data,
                                                  const Cotangent& cotangent, const feature_options& options = {}) {
    require(data.size() == 0 || data.inputs.cols() == data.shape.size(), "tangent_features", "numbers in a sample",
            data.inputs.cols(), "height x width x channels, " + std::to_string(data.shape.size()));
    return tangent_features(model, matrix_view<typename Model::scalar>(data.inputs),
                            std::span<const int>(data.labels), cotangent, options);
}

}  // namespace lpntk
