#pragma once

#include <cstdint>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/single_linkage.hpp"
#include "lpntk/core/per_class.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/keep_random_member.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Keeps one random leaf of each subtree, the tree being cut where as many subtrees are left as samples are
/// wanted.
///
///     const auto trees = lpntk::by_class(phi, train, lpntk::single_linkage{});
///     const auto kept = lpntk::hierarchical{.ratio = 0.5, .seed = 7}(trees);
///
/// Exactly kept_count() samples of each class. O(N) once the trees are there: one tree serves all ratios.
/// Throws argument_error when the ratio is outside (0, 1]. Thread-safe.
struct hierarchical {
    double ratio = 1;        ///< of each class to keep, in (0, 1]; 1: all
    std::uint64_t seed = 0;  ///< of the leaves; the subtrees do not depend on it

    /// By class.
    selection operator()(const per_class<linkage_tree>& trees) const {
        require_results(trees, "hierarchical", "trees");
        class_clusterings clusters{trees.indices, {}};
        for (const linkage_tree& tree : trees.results)
            clusters.results.push_back(tree.cut_to_count(kept_count(tree.items(), ratio, "hierarchical")));
        return keep_random_member{.seed = seed}(clusters);
    }

    /// Over the whole set.
    selection operator()(const linkage_tree& tree) const { return (*this)(whole_set(tree, tree.items())); }
};

}  // namespace lpntk
