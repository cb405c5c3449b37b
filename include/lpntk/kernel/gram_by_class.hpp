#pragma once

#include <string>
#include <vector>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/per_class.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/gram.hpp"
#include "lpntk/kernel/model_gram.hpp"
#include "lpntk/kernel/tangent_features.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The kernel within each class, block by block, and the samples of each class; a block is empty for a class without
/// samples. What by_class in cluster/ takes.
///
///     const auto kappa = lpntk::gram_by_class(phi, train);
///     const auto clusters = lpntk::by_class(kappa, lpntk::farthest_points{.share = 0.1});
///     kappa.results[3](0, 1);   // of the first two samples of class 3: kappa.indices[3][0] and [1]
///
/// About K times less work and memory than the whole Gram. Takes a copy of one class's features at a time. Throws
/// argument_error when a label is not in [0, classes) or their number is not phi's. The report counts samples, of all
/// classes.
template <class T>
per_class<gram_matrix<T>> gram_by_class(const features<T>& phi, const class_labels& labels,
                                        const gram_options& options = {}) {
    require_valid(labels, phi.size(), "gram_by_class");
    per_class<gram_matrix<T>> blocks{labels.indices(), {}};
    gram_options own = options;
    index_t before = 0;
    for (const std::vector<index_t>& members : blocks.indices) {
        const auto size = static_cast<index_t>(members.size());
        own.report = size > 0 ? share_of(options.report, before, size, phi.size()) : progress{};
        blocks.results.push_back(detail::gram_of(subset(phi, members, options.threads), own, "gram_by_class"));
        before += size;
    }
    return blocks;
}

/// The same straight from a model and a dataset, features and all one class after another, so that never more than
/// one class's features are in memory, and within making.memory bytes, which are for all blocks and what gram takes
/// beside. Both reports count samples that went through the model: all N, more when the budget asks for several passes.
/// Throws as gram does; a numeric_error names the class, and the sample by its place within the class.
template <jacobian_provider Model, class Cotangent>
per_class<gram_matrix<typename Model::scalar>> gram_by_class(const Model& model,
                                                             const dataset<typename Model::scalar>& data,
                                                             const Cotangent& cotangent,
                                                             const feature_options& making = {},
                                                             const gram_options& options = {}) {
    using T = typename Model::scalar;
    require_valid(data, model, "gram_by_class");
    const std::vector<part_layout> layouts = as_parts_provider(model).part_layouts();
    per_class<gram_matrix<T>> blocks{class_labels(data).indices(), {}};
    blocks.results.resize(blocks.indices.size());
    double result = 0;
    for (const auto& members : blocks.indices)
        result += detail::triangle_bytes<T>(static_cast<index_t>(members.size()));
    std::vector<pass_plan> plans(blocks.indices.size());
    index_t total = 0, before = 0;
    for (std::size_t c = 0; c < plans.size(); ++c) {
        const auto size = static_cast<index_t>(blocks.indices[c].size());
        if (size > 0)
            plans[c] = detail::plan_of<T>(layouts, {size, size, true}, result, making, options, "gram_by_class");
        total += plans[c].samples();
    }
    feature_options own_making = making;
    gram_options own = options;
    for (std::size_t c = 0; c < plans.size(); ++c) {
        if (blocks.indices[c].empty()) continue;
        own_making.report = share_of(making.report, before, plans[c].samples(), total);
        own.report = share_of(options.report, before, plans[c].samples(), total);
        try {
            const dataset<T> members = subset(data, blocks.indices[c]);
            blocks.results[c] = detail::gram_by_plan(plans[c], model, sample_rows<T>(members.inputs), members.labels,
                                                     cotangent, layouts, own_making, own, "gram_by_class");
        } catch (const numeric_error& failure) {
            throw numeric_error("gram_by_class: class " + std::to_string(c) +
                                ", samples counted within it: " + failure.what());
        }
        before += plans[c].samples();
    }
    return blocks;
}

}  // namespace lpntk
