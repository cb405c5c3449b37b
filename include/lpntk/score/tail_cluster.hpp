#pragma once

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/score/scores.hpp"

namespace lpntk::inline LPNTK_TARGET::score {

/// Minus the size of the sample's own cluster: high for the tail of the cluster sizes (Guo et al., ICLR 2024).
///
///     score::tail_cluster{}(clusters)
///
/// N scores in the numbering of the whole set. Throws argument_error when the clusterings are not whole. O(N).
/// Thread-safe.
struct tail_cluster {
    /// -1 for an item alone in its cluster, the highest score.
    scores operator()(const class_clusterings& clusters) const {
        require_valid(clusters, "score::tail_cluster");
        scores found(static_cast<std::size_t>(clusters.items()));
        for (std::size_t c = 0; c < clusters.results.size(); ++c) {
            const auto sizes = clusters.results[c].sizes();
            for (std::size_t k = 0; k < clusters.indices[c].size(); ++k) {
                const auto cluster = static_cast<std::size_t>(clusters.results[c].assignment[k]);
                found[static_cast<std::size_t>(clusters.indices[c][k])] = -static_cast<double>(sizes[cluster]);
            }
        }
        return found;
    }
};

}  // namespace lpntk::score
