#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/clustering.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// De-poisoning (Guo et al., ICLR 2024): samples of the smallest clusters, the tail, are unlike
/// all others of their class, so that wrong labels gather there; they go.
///
///     const auto kept = lpntk::drop_tail{.ratio = 0.9, .seed = 7}(clusters);
///
/// Exactly kept_count() samples of each class stay: whole clusters go, the smallest first (clusters of equal
/// size in random order), and of the last one as many random members as the quota still asks for.
/// Needs a clustering only. O(N log N). Thread-safe. Throws argument_error when the ratio is outside (0, 1].
struct drop_tail {
    double ratio = 1;        ///< of each class to keep, in (0, 1]; 1: all
    std::uint64_t seed = 0;  ///< with the class it names the random stream

    /// By class.
    selection operator()(const class_clusterings& clusters) const {
        require_valid(clusters, "drop_tail");
        return select_by_class(clusters.indices, "drop_tail", [&](std::size_t c, const std::vector<index_t>& samples) {
            random_stream random(seed, c);
            return items_at(samples, keep(clusters.results[c], random));
        });
    }

    /// Over the whole set.
    selection operator()(const clustering& clusters) const { return (*this)(whole_set(clusters)); }

private:
    std::vector<index_t> keep(const clustering& clusters, random_stream& random) const {
        auto left = clusters.members_by_cluster();
        random.shuffle(left);
        std::stable_sort(left.begin(), left.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
        std::vector<index_t> kept;
        index_t room = kept_count(clusters.items(), ratio, "drop_tail");
        for (const auto& members : left) {
            const index_t staying = std::min(static_cast<index_t>(members.size()), room);
            const auto chosen = random_choice(members, staying, random);
            kept.insert(kept.end(), chosen.begin(), chosen.end());
            room -= staying;
        }
        return kept;
    }
};

}  // namespace lpntk
