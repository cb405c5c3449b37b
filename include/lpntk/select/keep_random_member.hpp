#pragma once

#include <cstdint>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/clustering.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Keeps one random member of each cluster, the head as likely as any other.
///
///     const auto kept = lpntk::keep_random_member{.seed = 7}(clusters);
///
/// As many as there are clusters: their number is the quota. O(N). Thread-safe.
struct keep_random_member {
    std::uint64_t seed = 0;  ///< with the class it names the random stream

    /// By class.
    selection operator()(const class_clusterings& clusters) const {
        require_valid(clusters, "keep_random_member");
        return select_by_class(
            clusters.indices, "keep_random_member", [&](std::size_t c, const std::vector<index_t>& samples) {
                random_stream random(seed, c);
                std::vector<index_t> chosen;
                for (const auto& members : clusters.results[c].members_by_cluster())
                    chosen.push_back(samples[static_cast<std::size_t>(random_choice(members, 1, random).front())]);
                return chosen;
            });
    }

    /// Over the whole set.
    selection operator()(const clustering& clusters) const { return (*this)(whole_set(clusters)); }
};

}  // namespace lpntk
