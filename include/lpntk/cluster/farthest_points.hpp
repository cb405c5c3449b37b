#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "lpntk/cluster/clustering.hpp"
#include "lpntk/cluster/cosine.hpp"
#include "lpntk/cluster/prefetched_rows.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/cluster/top_list.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What makes an item near to a head.
enum class head_distance {
    by_similarity,       ///< a large kappa(i, h): the paper's
    by_kernel_distance,  ///< a small kappa(i, i) + kappa(h, h) - 2 kappa(i, h): Gonzalez' k-centre in feature
                         ///< space, whose largest distance to a head is at most twice the smallest possible
    by_cosine            ///< a large kappa(i, h) / sqrt(kappa(i, i) kappa(h, h)); 0 where a feature is zero
};

/// Farthest point clustering (the algorithm of Guo et al., ICLR 2024), greedy:
/// the first head is the item of the largest kappa(i, i); then, until there are `heads`, the item that is the
/// least near to its own head becomes a head, and every other item strictly nearer to it than to its own
/// head moves there. Ties go to the lowest index. Clusters are numbered in the order of their heads.
///
///     const auto clusters = lpntk::farthest_points{.heads = 100}(lpntk::gram(phi));
///     const auto by_class = lpntk::by_class(phi, train, lpntk::farthest_points{.share = 0.1});
///
/// Asks for the rows of the heads and, of a similarity with rows(), for those of likely heads along with them
/// (see prefetched_rows); what is prefetched never changes the result. With prefetch = 16, 600 heads of 6,000
/// MNIST images (lpNTK of an MLP) took 645 rows in 42 requests. O(heads N) besides the rows, O(prefetch N)
/// memory. Throws argument_error unless exactly one of heads and share is given and in range, and prefetch >= 1;
/// numeric_error on NaN or infinity. Runs on the calling thread; the rows may use more.
struct farthest_points {
    std::optional<index_t> heads = std::nullopt;            ///< M, the number of clusters, in [1, N]; or else:
    std::optional<double> share = std::nullopt;             ///< M / N, in (0, 1]: M = ceil(share x N)
    head_distance distance = head_distance::by_similarity;  ///< one of three; the paper's unless told otherwise
    index_t prefetch = 16;                                  ///< rows asked for at once; 1: none ahead of need
    progress report = {};                                   ///< heads found, of all

    /// Any number of items >= 1; heads[0] is the item of the largest self-similarity.
    template <similarity_source Source>
    clustering operator()(const Source& source) const {
        const auto& items = similarity_of(source);
        constexpr std::size_t bytes = 2 * sizeof(double) + 2 * sizeof(index_t);
        return with_lists_of(items, "farthest_points", bytes, [&] { return run(items); });
    }

private:
    template <similarity S>
    clustering run(const S& items) const {
        const vector<double> weights = checked_diagonal(items, "farthest_points").template cast<double>();
        index_t first = 0;
        for (index_t i = 1; i < weights.size(); ++i)
            if (weights[i] > weights[first]) first = i;
        if (distance == head_distance::by_similarity)
            return run(items, first, [](double kappa, index_t, index_t) { return kappa; });
        if (distance == head_distance::by_kernel_distance)
            return run(items, first,
                       [&](double kappa, index_t i, index_t head) { return 2 * kappa - weights[i] - weights[head]; });
        return run(items, first, cosines(weights));
    }

    /// M of `count` items.
    index_t wanted(index_t count) const {
        require(heads.has_value() != share.has_value(), "farthest_points", "what is given of heads and share",
                heads ? "both" : "neither", "exactly one: how many heads, or what share of the items");
        if (heads) {
            require(*heads >= 1 && *heads <= count, "farthest_points", "heads", *heads,
                    "in [1, number of items = " + std::to_string(count) + "]");
            return *heads;
        }
        require(*share > 0 && *share <= 1, "farthest_points", "share", *share, "in (0, 1]");
        constexpr double rounding = 1e-12;  // 0.1 x 70 is above 7
        return static_cast<index_t>(std::ceil(*share * static_cast<double>(count) * (1 - rounding)));
    }

    template <similarity S, class Nearness>
    clustering run(const S& items, index_t first, Nearness nearness) const {
        const index_t count = items.size();
        const index_t clusters = wanted(count);
        require(prefetch >= 1, "farthest_points", "prefetch", prefetch, ">= 1");
        constexpr double nearest = std::numeric_limits<double>::max();

        clustering result;
        result.heads.reserve(static_cast<std::size_t>(clusters));
        result.assignment.assign(static_cast<std::size_t>(count), 0);
        // Nearness to the own head; the most there is for the heads, so that they neither move nor are the farthest.
        vector<double> own = vector<double>::Constant(count, -nearest);
        prefetched_rows rows(items, prefetch, "farthest_points");
        top_list likely;

        index_t head = first;
        for (index_t made = 0; made < clusters; ++made) {
            own[head] = nearest;
            const auto row = rows.row(head, [&] {
                const bool nothing_known = made == 0;
                likely.reset(nothing_known ? 0 : std::min(rows.block(), clusters - made) - 1);
                for (index_t i = 0; i < count; ++i)
                    if (likely.wants(-own[i]) && own[i] != nearest && !rows.holds(i)) likely.insert(-own[i], i);
                return likely.items();
            });
            result.heads.push_back(head);
            result.assignment[static_cast<std::size_t>(head)] = made;
            index_t farthest = head;
            for (index_t i = 0; i < count; ++i) {
                const double near = nearness(static_cast<double>(row[i]), i, head);
                if (near > own[i]) {
                    own[i] = near;
                    result.assignment[static_cast<std::size_t>(i)] = made;
                }
                if (own[i] < own[farthest]) farthest = i;
            }
            head = farthest;
            if (report) report(made + 1, clusters);
        }
        return result;
    }
};

}  // namespace lpntk
