#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// N items in M clusters, none empty.
struct clustering {
    std::vector<index_t> heads;       ///< M: the item that stands for each cluster, one of its members
    std::vector<index_t> assignment;  ///< N: the cluster of each item, in [0, M)

    /// M, the number of clusters.
    index_t size() const { return static_cast<index_t>(heads.size()); }

    /// N, the number of items.
    index_t items() const { return static_cast<index_t>(assignment.size()); }

    /// The items of one cluster, ascending. O(N): for all clusters take members_by_cluster().
    std::vector<index_t> members(index_t cluster) const {
        require_index(cluster, size(), "clustering::members", "cluster");
        std::vector<index_t> found;
        for (index_t i = 0; i < items(); ++i)
            if (assignment[static_cast<std::size_t>(i)] == cluster) found.push_back(i);
        return found;
    }

    /// The items of every cluster, each list ascending. O(N + M).
    std::vector<std::vector<index_t>> members_by_cluster() const {
        std::vector<std::vector<index_t>> found(heads.size());
        for (std::size_t i = 0; i < assignment.size(); ++i)
            found[static_cast<std::size_t>(assignment[i])].push_back(static_cast<index_t>(i));
        return found;
    }

    /// M: the number of items in each cluster. O(N + M).
    std::vector<index_t> sizes() const {
        std::vector<index_t> counts(heads.size(), 0);
        for (const index_t cluster : assignment) ++counts[static_cast<std::size_t>(cluster)];
        return counts;
    }

    /// The same numbering too: clusterings that differ by the order of their clusters are not equal.
    bool operator==(const clustering&) const = default;
};

/// Throws argument_error unless every item has a cluster and every head belongs to its own. O(N + M).
inline void require_valid(const clustering& clusters, std::string_view function) {
    require(clusters.items() >= 1, function, "number of items", clusters.items(), ">= 1");
    for (std::size_t i = 0; i < clusters.assignment.size(); ++i) {
        const index_t cluster = clusters.assignment[i];
        if (cluster < 0 || cluster >= clusters.size())
            require(false, function, "assignment[" + std::to_string(i) + "]", cluster,
                    "in [0, " + std::to_string(clusters.size()) + ")");
    }
    for (index_t c = 0; c < clusters.size(); ++c) {
        const index_t head = clusters.heads[static_cast<std::size_t>(c)];
        const bool own =
            head >= 0 && head < clusters.items() && clusters.assignment[static_cast<std::size_t>(head)] == c;
        if (!own)
            require(false, function, "heads[" + std::to_string(c) + "]", head,
                    "a member of cluster " + std::to_string(c));
    }
}

/// One cluster in numbers.
struct cluster_summary {
    index_t head = 0;              ///< the item, in [0, N)
    index_t size = 0;              ///< items, the head included
    double mean_similarity = 0;    ///< of the other members to the head; the head's to itself when it is alone
    double lowest_similarity = 0;  ///< of any other member to the head; the head's to itself when it is alone
    double radius = 0;             ///< largest kernel distance sqrt(kii + khh - 2 kih) from the head to a member
};

/// The summary of each cluster, in their order. Asks for the M rows of the heads. O(M N).
template <similarity_source Source>
std::vector<cluster_summary> summarise(const Source& source, const clustering& clusters) {
    const auto& items = similarity_of(source);
    const auto diagonal = checked_diagonal(items, "summarise");
    using scalar = typename decltype(diagonal)::Scalar;
    require(clusters.items() == items.size(), "summarise", "number of clustered items", clusters.items(),
            "the number of items of the similarity, " + std::to_string(items.size()));
    require_valid(clusters, "summarise");
    const auto members = clusters.members_by_cluster();
    std::vector<cluster_summary> summaries;
    vector<scalar> row(items.size());
    for (std::size_t c = 0; c < members.size(); ++c) {
        const index_t head = clusters.heads[c];
        read_row(items, head, row);
        require_finite_row<scalar>(head, row, "summarise");
        const double own = static_cast<double>(diagonal[head]);
        cluster_summary summary{head, static_cast<index_t>(members[c].size()), own, own, 0};
        double sum = 0, lowest = std::numeric_limits<double>::max(), largest = 0;
        for (const index_t i : members[c]) {
            if (i == head) continue;
            const double value = static_cast<double>(row[i]);
            sum += value;
            lowest = std::min(lowest, value);
            largest = std::max(largest, static_cast<double>(diagonal[i]) + own - 2 * value);
        }
        if (summary.size > 1) {
            summary.mean_similarity = sum / static_cast<double>(summary.size - 1);
            summary.lowest_similarity = lowest;
            summary.radius = std::sqrt(largest);
        }
        summaries.push_back(summary);
    }
    return summaries;
}

}  // namespace lpntk
