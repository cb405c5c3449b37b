#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/clustering.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// De-redundancy (Guo et al., ICLR 2024): samples of a large cluster are interchangeable, so a
/// random part of it can go.
///
///     const auto kept = lpntk::drop_redundant{.ratio = 0.9, .seed = 7}(clusters);
///
/// Without a ratio: floor(share x size) random members of the largest cluster of each class go, all else
/// stays (the paper's). With one, exactly kept_count() samples of each class stay: the clusters are taken by
/// size, the largest first (of equal ones the lower number), and floor(share x size) random members of each
/// go until the removed quota is met. When every cluster has given its share, the round is repeated on what
/// is left; when no cluster can give any more (all of one sample, say), the rest of the quota goes at random
/// from all that are left. Needs a clustering only. O(N log N). Thread-safe. Throws argument_error when the
/// ratio is outside (0, 1] or the share outside (0, 1).
struct drop_redundant {
    std::optional<double> ratio = std::nullopt;  ///< of each class to keep; none: see above
    double share = 0.5;                          ///< the part of a cluster that goes
    std::uint64_t seed = 0;  ///< with the class it names the random stream: a class draws alike whatever the others

    /// By class.
    selection operator()(const class_clusterings& clusters) const {
        require_valid(clusters, "drop_redundant");
        require(share > 0 && share < 1, "drop_redundant", "share", share, "in (0, 1)");
        return select_by_class(clusters.indices, "drop_redundant",
                               [&](std::size_t c, const std::vector<index_t>& samples) {
                                   random_stream random(seed, c);
                                   return items_at(samples, keep(clusters.results[c], random));
                               });
    }

    /// Over the whole set.
    selection operator()(const clustering& clusters) const { return (*this)(whole_set(clusters)); }

private:
    index_t part_of(const std::vector<index_t>& members) const {
        return static_cast<index_t>(std::floor(share * static_cast<double>(members.size())));
    }

    std::vector<index_t> keep(const clustering& clusters, random_stream& random) const {
        auto left = clusters.members_by_cluster();
        std::stable_sort(left.begin(), left.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
        for (auto& members : left) random.shuffle(members);
        index_t quota =
            ratio ? clusters.items() - kept_count(clusters.items(), *ratio, "drop_redundant") : part_of(left.front());
        for (bool gave = true; gave && quota > 0;) {
            gave = false;
            for (auto& members : left) {
                const index_t going = std::min(part_of(members), quota);
                members.resize(members.size() - static_cast<std::size_t>(going));
                quota -= going;
                gave = gave || going > 0;
            }
            std::stable_sort(left.begin(), left.end(),
                             [](const auto& a, const auto& b) { return a.size() > b.size(); });
        }
        std::vector<index_t> kept;
        for (const auto& members : left) kept.insert(kept.end(), members.begin(), members.end());
        return quota == 0 ? kept : random_choice(kept, static_cast<index_t>(kept.size()) - quota, random);
    }
};

}  // namespace lpntk
