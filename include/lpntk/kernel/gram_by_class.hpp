#pragma once

#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/gram.hpp"
#include "lpntk/kernel/tangent_features.hpp"

namespace lpntk {

/// The kernel within each class, block by block: element k is the Gram of the samples of class k in ascending order
/// (as indices_by_class lists them), empty for a class without samples.
///
/// About K times less work and memory than the whole Gram. Takes a copy of one class's features at a time. Throws
/// argument_error when a label is not in [0, classes) or their number is not phi's.
template <class T>
std::vector<gram_matrix<T>> gram_by_class(const features<T>& phi, std::span<const int> labels, int classes,
                                          const gram_options& options = {}) {
    require(static_cast<index_t>(labels.size()) == phi.size(), "gram_by_class", "number of labels", labels.size(),
            phi.size());
    std::vector<gram_matrix<T>> blocks;
    for (const std::vector<index_t>& members : indices_by_class(labels, classes))
        blocks.push_back(gram(subset(phi, members, options.threads), options));
    return blocks;
}

/// The same straight from a model and a dataset, features and all one class after another, so that never more than
/// one class's features are in memory. Throws as tangent_features does.
template <jacobian_provider Model, class Cotangent>
std::vector<gram_matrix<typename Model::scalar>> gram_by_class(const Model& model,
                                                               const dataset<typename Model::scalar>& data,
                                                               const Cotangent& cotangent,
                                                               const feature_options& making = {},
                                                               const gram_options& options = {}) {
    require_valid(data, "gram_by_class");
    std::vector<gram_matrix<typename Model::scalar>> blocks(static_cast<std::size_t>(data.classes));
    const auto members = indices_by_class(data.labels, data.classes);
    for (std::size_t c = 0; c < blocks.size(); ++c)
        if (!members[c].empty())
            blocks[c] = gram(tangent_features(model, subset(data, std::span(members[c])), cotangent, making), options);
    return blocks;
}

}  // namespace lpntk
