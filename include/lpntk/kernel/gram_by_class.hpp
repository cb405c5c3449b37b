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
#include "lpntk/kernel/tangent_features.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace detail {

/// The part that `size` of `total` samples, after the first `before`, have in a report. Refers to `report`.
inline progress share_of(const progress& report, index_t before, index_t size, index_t total) {
    if (!report) return {};
    return [&report, before, size, total](index_t done, index_t of) {
        const double part = static_cast<double>(done) / static_cast<double>(of);
        report(before + static_cast<index_t>(part * static_cast<double>(size)), total);
    };
}

}  // namespace detail

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
        own.report = size > 0 ? detail::share_of(options.report, before, size, phi.size()) : progress{};
        blocks.results.push_back(detail::gram_of(subset(phi, members, options.threads), own, "gram_by_class"));
        before += size;
    }
    return blocks;
}

/// The same straight from a model and a dataset, features and all one class after another, so that never more than
/// one class's features are in memory. The two reports count samples, of all classes. Throws as tangent_features
/// does; a numeric_error names the class, and the sample by its place within the class.
template <jacobian_provider Model, class Cotangent>
per_class<gram_matrix<typename Model::scalar>> gram_by_class(const Model& model,
                                                             const dataset<typename Model::scalar>& data,
                                                             const Cotangent& cotangent,
                                                             const feature_options& making = {},
                                                             const gram_options& options = {}) {
    require_valid(data, "gram_by_class");
    per_class<gram_matrix<typename Model::scalar>> blocks{class_labels(data).indices(), {}};
    blocks.results.resize(blocks.indices.size());
    feature_options own_making = making;
    gram_options own = options;
    index_t before = 0;
    for (std::size_t c = 0; c < blocks.indices.size(); ++c) {
        const std::vector<index_t>& members = blocks.indices[c];
        if (members.empty()) continue;
        const auto size = static_cast<index_t>(members.size());
        own_making.report = detail::share_of(making.report, before, size, data.size());
        own.report = detail::share_of(options.report, before, size, data.size());
        try {
            const auto phi = tangent_features(model, subset(data, members), cotangent, own_making);
            blocks.results[c] = detail::gram_of(phi, own, "gram_by_class");
        } catch (const numeric_error& failure) {
            throw numeric_error("gram_by_class: class " + std::to_string(c) +
                                ", samples counted within it: " + failure.what());
        }
        before += size;
    }
    return blocks;
}

}  // namespace lpntk
