#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lpntk/cluster/clustering.hpp"
#include "lpntk/cluster/restricted_similarity.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk {

/// One result for each class, with the items of the whole set that it speaks of.
template <class Result>
struct per_class {
    std::vector<std::vector<index_t>>
        indices;                  ///< of each class: item k of the class is item indices[c][k] of the set
    std::vector<Result> results;  ///< of each class

    /// Number of classes.
    int classes() const { return static_cast<int>(indices.size()); }

    /// Number of items of the whole set.
    index_t items() const {
        index_t sum = 0;
        for (const auto& part : indices) sum += static_cast<index_t>(part.size());
        return sum;
    }
};

/// The items of each class and the clustering of them.
using class_clusterings = per_class<clustering>;

/// `result` of all items as if they were of one class, for what takes a per_class.
template <class Result>
per_class<Result> whole_set(Result result, index_t items) {
    per_class<Result> whole{{std::vector<index_t>(static_cast<std::size_t>(items))}, {}};
    for (index_t i = 0; i < items; ++i) whole.indices[0][static_cast<std::size_t>(i)] = i;
    whole.results.push_back(std::move(result));
    return whole;
}

inline class_clusterings whole_set(clustering clusters) {
    const index_t items = clusters.items();
    return whole_set(std::move(clusters), items);
}

/// `algorithm` on the similarity between the items of each class alone.
///
///     const auto clusters = lpntk::by_class(phi, train.labels, lpntk::farthest_points{.heads = 100});
///
/// `source` holds the items of all classes: a similarity, or anything with a similarity_of(source, indices)
/// (features; kernel_rows of them keeps its number of threads). `algorithm` is called with a similarity and returns anything: a clustering, a linkage_tree,
/// scores. Classes one after the other. Throws argument_error when a label is outside [0, classes), when
/// the numbers of labels and items differ, and when a class has no item; what the algorithm throws names
/// the class (and numbers the items within it).
template <similarity_source Source, class Algorithm>
auto by_class(const Source& source, std::span<const int> labels, int classes, const Algorithm& algorithm) {
    require(static_cast<index_t>(labels.size()) == source.size(), "by_class", "number of labels",
            labels.size(), "the number of items, " + std::to_string(source.size()));
    require(classes >= 1, "by_class", "classes", classes, ">= 1");
    const auto apply = [&](const std::vector<index_t>& indices) {
        return std::invoke(algorithm, similarity_of(source, std::span<const index_t>(indices)));
    };
    per_class<decltype(apply(std::vector<index_t>{}))> found;
    found.indices = indices_by_class(labels, classes);
    for (int c = 0; c < classes; ++c) {
        const std::string name = "class " + std::to_string(c);
        const auto& indices = found.indices[static_cast<std::size_t>(c)];
        require(!indices.empty(), "by_class", "number of items of " + name, indices.size(), ">= 1");
        try {
            found.results.push_back(apply(indices));
        } catch (const argument_error& error) {
            throw argument_error("by_class: " + name + ": " + error.what());
        } catch (const numeric_error& error) {
            throw numeric_error("by_class: " + name + ": " + error.what());
        }
    }
    return found;
}

/// The same for classes 0 to the largest label.
template <similarity_source Source, class Algorithm>
auto by_class(const Source& source, std::span<const int> labels, const Algorithm& algorithm) {
    const int classes = labels.empty() ? 1 : *std::max_element(labels.begin(), labels.end()) + 1;
    return by_class(source, labels, classes, algorithm);
}

/// Throws argument_error unless each class has a valid clustering of as many items as it has indices.
inline void require_valid(const class_clusterings& clusters, std::string_view function) {
    require(clusters.classes() >= 1, function, "number of classes", clusters.classes(), ">= 1");
    require(clusters.results.size() == clusters.indices.size(), function, "number of clusterings",
            clusters.results.size(), "the number of classes, " + std::to_string(clusters.indices.size()));
    for (std::size_t c = 0; c < clusters.results.size(); ++c) {
        require_valid(clusters.results[c], function);
        require(clusters.results[c].assignment.size() == clusters.indices[c].size(), function,
                "number of clustered items of class " + std::to_string(c),
                clusters.results[c].assignment.size(),
                "its number of indices, " + std::to_string(clusters.indices[c].size()));
    }
}

/// All clusters of all classes as one clustering of the whole set, the clusters of class 0 first.
inline clustering joined(const class_clusterings& clusters) {
    require_valid(clusters, "joined");
    clustering whole;
    whole.assignment.assign(static_cast<std::size_t>(clusters.items()), 0);
    for (std::size_t c = 0; c < clusters.results.size(); ++c) {
        const auto& indices = clusters.indices[c];
        const index_t before = whole.size();
        for (const index_t head : clusters.results[c].heads)
            whole.heads.push_back(indices[static_cast<std::size_t>(head)]);
        for (std::size_t k = 0; k < indices.size(); ++k)
            whole.assignment[static_cast<std::size_t>(indices[k])] =
                before + clusters.results[c].assignment[k];
    }
    return whole;
}

}  // namespace lpntk
