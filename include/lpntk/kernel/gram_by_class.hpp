#pragma once

#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/gram.hpp"
#include "lpntk/kernel/tangent_features.hpp"

namespace lpntk {

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

/// The kernel within each class, block by block: element k is the Gram of the samples of class k in ascending order
/// (as indices_by_class lists them), empty for a class without samples.
///
/// About K times less work and memory than the whole Gram. Takes a copy of one class's features at a time. Throws
/// argument_error when a label is not in [0, classes) or their number is not phi's. The report counts samples, of all
/// classes.
template <class T>
std::vector<gram_matrix<T>> gram_by_class(const features<T>& phi, std::span<const int> labels, int classes,
                                          const gram_options& options = {}) {
    require(static_cast<index_t>(labels.size()) == phi.size(), "gram_by_class", "number of labels", labels.size(),
            phi.size());
    std::vector<gram_matrix<T>> blocks;
    gram_options own = options;
    index_t before = 0;
    for (const std::vector<index_t>& members : indices_by_class(labels, classes)) {
        const auto size = static_cast<index_t>(members.size());
        own.report = size > 0 ? detail::share_of(options.report, before, size, phi.size()) : progress{};
        blocks.push_back(gram(subset(phi, members, options.threads), own));
        before += size;
    }
    return blocks;
}

/// The same straight from a model and a dataset, features and all one class after another, so that never more than
/// one class's features are in memory. The two reports count samples, of all classes. Throws as tangent_features
/// does; a numeric_error names the class, and the sample by its place within the class.
template <jacobian_provider Model, class Cotangent>
std::vector<gram_matrix<typename Model::scalar>> gram_by_class(const Model& model,
                                                               const dataset<typename Model::scalar>& data,
                                                               const Cotangent& cotangent,
                                                               const feature_options& making = {},
                                                               const gram_options& options = {}) {
    require_valid(data, "gram_by_class");
    std::vector<gram_matrix<typename Model::scalar>> blocks(static_cast<std::size_t>(data.classes));
    const auto members = indices_by_class(data.labels, data.classes);
    feature_options own_making = making;
    gram_options own = options;
    index_t before = 0;
    for (std::size_t c = 0; c < blocks.size(); ++c) {
        if (members[c].empty()) continue;
        const auto size = static_cast<index_t>(members[c].size());
        own_making.report = detail::share_of(making.report, before, size, data.size());
        own.report = detail::share_of(options.report, before, size, data.size());
        try {
            blocks[c] = gram(tangent_features(model, subset(data, std::span(members[c])), cotangent, own_making), own);
        } catch (const numeric_error& error) {
            throw numeric_error("gram_by_class: class " + std::to_string(c) + ", samples counted within it: " +
                                error.what());
        }
        before += size;
    }
    return blocks;
}

}  // namespace lpntk
