#pragma once

#include <vector>

#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/average_similarity.hpp"
#include "lpntk/select/greedy_selection.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Graph cut (Iyer, Bilmes 2013): keeps the samples S that greedily maximise
///
///     sum over all i and j in S of kappa(i, j)  -  redundancy * sum over i and j in S of kappa(i, j)
///
///     const auto kept = lpntk::graph_cut{.ratio = 0.1, .redundancy = 0.5}(phi, train);
///
/// typical samples that are not like each other. Within 1 - 1/e of the best for redundancy <= 1/2 where no similarity
/// is negative. Exactly kept_count() samples of each class; ties go to the lowest index. Reads all rows once, then
/// those chosen. The same for any number of threads. Throws argument_error for redundancy < 0, what by_class and
/// mean_similarity throw.
struct graph_cut {
    double ratio = 1;         ///< of each class to keep, in (0, 1]
    double redundancy = 0.5;  ///< how much likeness among the kept counts against them, >= 0
    int threads = 0;          ///< 0: all
    index_t block = 64;       ///< rows asked for at once
    progress report = {};     ///< rows read in the pass over all, of one class after the other

    /// By class; `source` as in by_class.
    template <similarity_source Source>
    selection operator()(const Source& source, const class_labels& own) const {
        return select_chosen(source, own, "graph_cut", [&](const auto& items) { return order(items); });
    }

    /// Over the whole set.
    template <similarity_source Source>
    selection operator()(const Source& source) const {
        return select_chosen(source, "graph_cut", [&](const auto& items) { return order(items); });
    }

    /// The items kept, in the order in which they were chosen.
    template <similarity_source Source>
    std::vector<index_t> order(const Source& source) const {
        const auto& items = similarity_of(source);
        const index_t count = kept_count(items.size(), ratio, "graph_cut");
        const auto means = mean_similarity{threads, block, report}(items);
        require(redundancy >= 0 && is_finite(redundancy), "graph_cut", "redundancy", redundancy, ">= 0 and finite");
        const auto all = static_cast<double>(items.size());
        const vector<double> own = checked_diagonal(items, "graph_cut").template cast<double>();
        return choose_by_sums(items, count, "graph_cut", [&](index_t i, double sum, index_t) {
            return all * means[static_cast<std::size_t>(i)] - redundancy * (2 * sum + own[i]);
        });
    }
};

}  // namespace lpntk
