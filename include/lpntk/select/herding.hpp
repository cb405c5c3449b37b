#pragma once

#include <cstddef>
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

/// Kernel herding (Welling 2009; Chen, Welling, Smola 2010): keeps samples whose mean feature follows that of all. Each
/// next one has the largest mean similarity to all samples, less that to those chosen, counted as one more than they
/// are.
///
///     const auto kept = lpntk::herding{.ratio = 0.1}(phi, train);
///
/// Exactly kept_count() samples of each class; ties go to the lowest index. Reads all rows once, then those chosen. The
/// same for any number of threads. Throws what by_class and mean_similarity throw.
struct herding {
    double ratio = 1;      ///< of each class to keep, in (0, 1]
    int threads = 0;       ///< 0: all
    index_t block = 64;    ///< rows asked for at once
    progress report = {};  ///< rows read in the pass over all, of one class after the other

    /// By class; `source` as in by_class.
    template <similarity_source Source>
    selection operator()(const Source& source, const class_labels& own) const {
        return select_chosen(source, own, "herding", [&](const auto& items) { return order(items); });
    }

    /// Over the whole set.
    template <similarity_source Source>
    selection operator()(const Source& source) const {
        return select_chosen(source, "herding", [&](const auto& items) { return order(items); });
    }

    /// The items kept, in the order in which they were chosen.
    template <similarity_source Source>
    std::vector<index_t> order(const Source& source) const {
        const auto& items = similarity_of(source);
        const index_t count = kept_count(items.size(), ratio, "herding");
        const auto means = mean_similarity{threads, block, report}(items);
        return choose_by_sums(items, count, "herding", [&](index_t i, double sum, index_t chosen) {
            return means[static_cast<std::size_t>(i)] - sum / static_cast<double>(chosen + 1);
        });
    }
};

}  // namespace lpntk
