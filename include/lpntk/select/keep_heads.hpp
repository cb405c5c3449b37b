#pragma once

#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/clustering.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Keeps the head of each cluster: of farthest_points the samples least like each other.
///
///     const auto kept = lpntk::keep_heads{}(clusters);
///
/// As many as there are clusters: their number is the quota. O(N). Thread-safe.
struct keep_heads {
    /// By class.
    selection operator()(const class_clusterings& clusters) const {
        require_valid(clusters, "keep_heads");
        return select_by_class(clusters.indices, "keep_heads", [&](std::size_t c, const std::vector<index_t>& samples) {
            return items_at(samples, clusters.results[c].heads);
        });
    }

    /// Over the whole set.
    selection operator()(const clustering& clusters) const { return (*this)(whole_set(clusters)); }
};

}  // namespace lpntk
