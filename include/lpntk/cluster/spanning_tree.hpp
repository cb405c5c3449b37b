#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string_view>
#include <tuple>
#include <vector>

#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// One edge of a spanning tree: items a > b and their similarity.
struct tree_edge {
    index_t a = 0;          ///< the higher number
    index_t b = 0;          ///< the lower number
    double similarity = 0;  ///< kappa(a, b)

    /// Exact, of the similarity too.
    bool operator==(const tree_edge&) const = default;

    /// The order of merging, a total one: more similar, or as similar with lower items.
    bool before(const tree_edge& other) const {
        return std::tuple(-similarity, a, b) < std::tuple(-other.similarity, other.a, other.b);
    }
};

/// The tree through all items whose edges have the largest sum of similarities: N - 1 edges, the strongest
/// first (of equal ones that of the lowest items). Merging along them in this order is single linkage.
///
/// Items join the tree in the order of their numbers: an item comes with its edges to all before it, and
/// from every cycle that closes the weakest edge goes. The bookkeeping is that of SLINK (Sibson, The Computer
/// Journal 16, 1973), with the edge kept beside every level. Unlike Prim's algorithm this knows the next rows
/// in advance: each row is asked for once, in ascending order, in blocks where the similarity has rows().
/// O(N^2) time, O(block N) memory. Runs on the calling thread (the rows may use more); deterministic. Throws
/// numeric_error on NaN or infinity.
struct maximum_spanning_tree {
    index_t block = 64;    ///< rows asked for at once
    progress report = {};  ///< items joined, of N

    /// One item or more; N - 1 edges.
    template <similarity_source Source>
    std::vector<tree_edge> operator()(const Source& source) const {
        const auto& items = similarity_of(source);
        constexpr std::size_t bytes = 2 * sizeof(tree_edge) + sizeof(std::size_t);
        return with_lists_of(items, "maximum_spanning_tree", bytes, [&] { return run(items); });
    }

private:
    template <similarity S>
    std::vector<tree_edge> run(const S& items) const {
        using scalar = typename S::scalar;
        const index_t count = items.size();
        require(count >= 1, "maximum_spanning_tree", "number of items", count, ">= 1");
        require(block >= 1, "maximum_spanning_tree", "block", block, ">= 1");
        const index_t depth = has_rows<S> ? std::min(block, count) : 1;
        matrix<scalar> rows(depth, count);
        std::vector<index_t> wanted;
        slink tree(count);
        for (index_t first = 0; first < count; first += depth) {
            const index_t here = std::min(depth, count - first);
            wanted.resize(static_cast<std::size_t>(here));
            std::iota(wanted.begin(), wanted.end(), first);
            read_rows(items, wanted, rows.topRows(here));
            for (index_t r = 0; r < here; ++r) {
                const vector_view<scalar> row = row_of<scalar>(rows, r);
                require_finite_row<scalar>(first + r, row, "maximum_spanning_tree");
                tree.join(first + r, row);
            }
            if (report) report(first + here, count);
        }
        return std::move(tree).edges();
    }

    class slink {
    public:
        explicit slink(index_t count)
            : next_(static_cast<std::size_t>(count)), level_(next_.size(), no_edge), to_new_(next_.size()) {}

        /// Item i joins the items before it; row[j] is its similarity to item j.
        template <class Row>
        void join(index_t i, const Row& row) {
            const auto n = static_cast<std::size_t>(i);
            next_[n] = n;
            for (index_t j = 0; j < i; ++j) to_new_[static_cast<std::size_t>(j)] = {i, j, static_cast<double>(row[j])};
            for (std::size_t j = 0; j < n; ++j) {
                tree_edge weaker = to_new_[j];
                const std::size_t beyond = next_[j];
                if (!level_[j].before(weaker)) {
                    std::swap(weaker, level_[j]);
                    next_[j] = n;
                }
                if (weaker.before(to_new_[beyond])) to_new_[beyond] = weaker;
            }
            for (std::size_t j = 0; j < n; ++j)
                if (!level_[j].before(level_[next_[j]])) next_[j] = n;
        }

        std::vector<tree_edge> edges() && {
            level_.pop_back();  // the last item has no later one to join
            std::sort(level_.begin(), level_.end(), [](const tree_edge& x, const tree_edge& y) { return x.before(y); });
            return std::move(level_);
        }

    private:
        static constexpr tree_edge no_edge{0, 0, std::numeric_limits<double>::lowest()};

        std::vector<std::size_t> next_;  // the last item of the cluster that item j joins next
        std::vector<tree_edge> level_;   // the edge by which it joins
        std::vector<tree_edge> to_new_;  // the strongest edge known from j's cluster to the new item
    };
};

}  // namespace lpntk
