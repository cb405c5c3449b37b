#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <lpntk/core/require.hpp>
#include <lpntk/core/types.hpp>

namespace experiments {

using lpntk::index_t;

/// Three groups of samples of one class, by their similarity to a target (paper section 3, figure 2).
struct neighbour_groups {
    std::vector<index_t> interchangeable;      ///< the n most similar, most similar first
    std::vector<index_t> medium;               ///< the n in the middle of the order
    std::vector<index_t> non_interchangeable;  ///< the n least similar, in the order of similarity
};

/// Splits by one row of the kernel: similarity[i] is that of sample i to the target, which is left out of the groups.
/// Ties break to the lowest index. Throws argument_error when there are fewer than 3 n others, so that the groups are
/// disjoint.
template <class T>
neighbour_groups neighbours_by_similarity(const lpntk::vector_view<T>& similarity, index_t target, index_t n) {
    const index_t others = similarity.size() - 1;
    lpntk::require(target >= 0 && target <= others, "neighbours_by_similarity", "target", target,
                   "in [0, " + std::to_string(similarity.size()) + ")");
    lpntk::require(n >= 1 && 3 * n <= others, "neighbours_by_similarity", "n", n,
                   "in [1, " + std::to_string(others / 3) + "], a third of the other samples");
    std::vector<index_t> order(static_cast<std::size_t>(others + 1));
    std::iota(order.begin(), order.end(), index_t{0});
    order.erase(order.begin() + target);
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) { return similarity[a] > similarity[b]; });
    const auto from = [&](index_t first) {
        return std::vector<index_t>(order.begin() + first, order.begin() + first + n);
    };
    return {from(0), from((others - n) / 2), from(others - n)};
}

}  // namespace experiments
