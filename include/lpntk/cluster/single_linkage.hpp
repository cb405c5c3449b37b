#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/cluster/clustering.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/cluster/spanning_tree.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The merges of a hierarchical clustering of N items, the most similar pair first.
struct linkage_tree {
    /// (N - 1) x 4, SciPy's linkage layout: the two clusters that merge (the lower number first; below N an
    /// item, N + k the result of merge k), the height `top` - similarity, the size of the result. Heights
    /// ascend from >= 0, so that SciPy's dendrogram and fcluster read it as it is.
    matrix<double> linkage;
    std::vector<double> similarities;  ///< N - 1: the similarity at each merge, descending
    double top = 0;                    ///< the similarity of height 0

    /// N, the number of items.
    index_t items() const { return linkage.rows() + 1; }

    /// The clusters that are left when `clusters` of them are. Throws argument_error unless it is in [1, N].
    clustering cut_to_count(index_t clusters) const {
        require(clusters >= 1 && clusters <= items(), "linkage_tree::cut_to_count", "clusters", clusters,
                "in [1, number of items = " + std::to_string(items()) + "]");
        return after(items() - clusters);
    }

    /// The clusters once all pairs at least this similar are together.
    clustering cut_at_similarity(double similarity) const {
        const auto end = std::find_if(similarities.begin(), similarities.end(),
                                      [&](double merged) { return !(merged >= similarity); });
        return after(end - similarities.begin());
    }

private:
    /// After the first `merges`. Clusters are numbered by their lowest item, which is also their head.
    clustering after(index_t merges) const {
        const index_t count = items();
        // From the last merge down, every node learns the highest node above it that exists yet.
        std::vector<index_t> root(static_cast<std::size_t>(count + merges));
        std::iota(root.begin(), root.end(), index_t{0});
        for (index_t k = merges; k-- > 0;)
            for (const int side : {0, 1})
                root[static_cast<std::size_t>(linkage(k, side))] = root[static_cast<std::size_t>(count + k)];
        clustering result;
        std::vector<index_t> number(root.size(), -1);
        for (index_t i = 0; i < count; ++i) {
            index_t& cluster = number[static_cast<std::size_t>(root[static_cast<std::size_t>(i)])];
            if (cluster < 0) {
                cluster = result.size();
                result.heads.push_back(i);
            }
            result.assignment.push_back(cluster);
        }
        return result;
    }
};

/// Hierarchical clustering by single linkage: two clusters are as similar as their two most similar items.
///
///     const auto tree = lpntk::single_linkage{}(kappa);
///     const auto clusters = tree.cut_to_count(100);
///
/// Along the maximum_spanning_tree, whose cost, memory and errors it has. `top` is the largest of the
/// self-similarities and merge similarities. Merges of equal similarity come in the order of their items.
struct single_linkage {
    index_t block = 64;    ///< rows asked for at once
    progress report = {};  ///< rows read, of N

    /// One item or more; N - 1 merges.
    template <similarity_source Source>
    linkage_tree operator()(const Source& source) const {
        const auto& items = similarity_of(source);
        const auto diagonal = checked_diagonal(items, "single_linkage");
        const auto edges = maximum_spanning_tree{.block = block, .report = report}(items);
        constexpr std::size_t bytes = 5 * sizeof(double) + 2 * sizeof(index_t);
        return with_lists_of(items, "single_linkage", bytes,
                             [&] { return from_edges(edges, static_cast<double>(diagonal.maxCoeff())); });
    }

private:
    static linkage_tree from_edges(const std::vector<tree_edge>& edges, double top) {
        const auto merges = static_cast<index_t>(edges.size());
        const index_t count = merges + 1;
        linkage_tree tree;
        tree.linkage.resize(merges, 4);
        tree.top = edges.empty() ? top : std::max(top, edges.front().similarity);
        std::vector<index_t> parent(static_cast<std::size_t>(count + merges));
        std::iota(parent.begin(), parent.end(), index_t{0});
        const auto root = [&](index_t node) {
            while (parent[static_cast<std::size_t>(node)] != node) {
                index_t& up = parent[static_cast<std::size_t>(node)];
                node = up = parent[static_cast<std::size_t>(up)];
            }
            return node;
        };
        const auto size = [&](index_t node) { return node < count ? 1.0 : tree.linkage(node - count, 3); };
        for (index_t k = 0; k < merges; ++k) {
            const tree_edge& edge = edges[static_cast<std::size_t>(k)];
            const auto [low, high] = std::minmax({root(edge.a), root(edge.b)});
            tree.linkage.row(k) << static_cast<double>(low), static_cast<double>(high), tree.top - edge.similarity,
                size(low) + size(high);
            tree.similarities.push_back(edge.similarity);
            parent[static_cast<std::size_t>(low)] = parent[static_cast<std::size_t>(high)] = count + k;
        }
        return tree;
    }
};

}  // namespace lpntk
