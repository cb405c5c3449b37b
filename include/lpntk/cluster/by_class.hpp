#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/cluster/clustering.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/per_class.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The items of each class and the clustering of them.
using class_clusterings = per_class<clustering>;

/// `clusters` of all items as if they were of one class, for what takes class_clusterings.
inline class_clusterings whole_set(clustering clusters) {
    const index_t items = clusters.items();
    return whole_set(std::move(clusters), items);
}

namespace detail {

/// apply(c) for each class c, one after the other; what it throws names the class.
template <class Apply>
auto for_each_class(std::vector<std::vector<index_t>> indices, const Apply& apply) {
    per_class<decltype(apply(std::size_t{}))> found{std::move(indices), {}};
    for (std::size_t c = 0; c < found.indices.size(); ++c) {
        const std::string name = "class " + std::to_string(c);
        require(!found.indices[c].empty(), "by_class", "number of items of " + name, 0, ">= 1");
        try {
            found.results.push_back(apply(c));
        } catch (const argument_error& failure) {
            throw argument_error("by_class: " + name + ": " + failure.what());
        } catch (const numeric_error& failure) {
            throw numeric_error("by_class: " + name + ": " + failure.what());
        }
    }
    return found;
}

}  // namespace detail

/// `algorithm` on the similarity between the items of each class alone.
///
///     const auto clusters = lpntk::by_class(phi, train, lpntk::farthest_points{.heads = 100});
///
/// `source` holds the items of all classes: a similarity, features, or any other similarity_source (kernel_rows of
/// features keep their number of threads). `algorithm` is called with a similarity and returns anything: a
/// clustering, a linkage_tree, scores. Classes one after the other. Throws argument_error when a label is outside
/// [0, classes), when the numbers of labels and items differ, and when a class has no item; what the algorithm throws
/// names the class (and numbers the items within it).
template <similarity_source Source, class Algorithm>
auto by_class(const Source& source, const class_labels& own, const Algorithm& algorithm) {
    require_valid(own, source.size(), "by_class");
    const auto indices = own.indices();
    return detail::for_each_class(indices, [&](std::size_t c) {
        return std::invoke(algorithm, similarity_of(source, std::span<const index_t>(indices[c])));
    });
}

/// The same where the similarity of each class is already there.
///
///     const auto kappa = lpntk::gram_by_class(phi, train);
///     const auto clusters = lpntk::by_class(kappa, lpntk::farthest_points{.heads = 100});
///
/// Throws argument_error also when a similarity has not as many items as its class has indices.
template <similarity S, class Algorithm>
auto by_class(const per_class<S>& blocks, const Algorithm& algorithm) {
    require_results(blocks, "by_class", "similarities");
    return detail::for_each_class(blocks.indices, [&](std::size_t c) {
        const auto items = static_cast<index_t>(blocks.indices[c].size());
        require(blocks.results[c].size() == items, "similarity", "number of items", blocks.results[c].size(),
                "the number of indices, " + std::to_string(items));
        return std::invoke(algorithm, blocks.results[c]);
    });
}

/// Throws argument_error unless each class has a valid clustering of as many items as it has indices, and the classes
/// have all items of the set, each once.
inline void require_valid(const class_clusterings& clusters, std::string_view function) {
    require_results(clusters, function, "clusterings");
    require_partition(clusters.indices, function);
    for (std::size_t c = 0; c < clusters.results.size(); ++c) {
        require_valid(clusters.results[c], function);
        require(clusters.results[c].assignment.size() == clusters.indices[c].size(), function,
                "number of clustered items of class " + std::to_string(c), clusters.results[c].assignment.size(),
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
            whole.assignment[static_cast<std::size_t>(indices[k])] = before + clusters.results[c].assignment[k];
    }
    return whole;
}

}  // namespace lpntk
