#pragma once

#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/greedy_cover.hpp"
#include "lpntk/select/greedy_selection.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Facility location: keeps the samples that together are most similar to all, as greedy_cover chooses them.
///
///     const auto kept = lpntk::facility_location{.ratio = 0.1}(phi, train);
///
/// Exactly kept_count() samples of each class. Throws what by_class and greedy_cover throw.
struct facility_location {
    double ratio = 1;       ///< of each class to keep, in (0, 1]; 1: all
    index_t prefetch = 16;  ///< rows asked for at once, when gains are computed again
    int threads = 0;        ///< of the first pass over the rows of a class; 0: all
    index_t block = 64;     ///< rows asked for at once in the first pass
    progress report = {};   ///< as greedy_cover, of one class after the other

    /// By class; `source` as in by_class.
    template <similarity_source Source>
    selection operator()(const Source& source, const class_labels& own) const {
        return select_chosen(source, own, "facility_location", [&](const auto& items) { return choose(items); });
    }

    /// Over the whole set.
    template <similarity_source Source>
    selection operator()(const Source& source) const {
        return select_chosen(source, "facility_location", [&](const auto& items) { return choose(items); });
    }

private:
    template <similarity_source Source>
    auto choose(const Source& source) const {
        return greedy_cover{.count = kept_count(source.size(), ratio, "facility_location"),
                            .prefetch = prefetch,
                            .threads = threads,
                            .block = block,
                            .report = report}(source);
    }
};

}  // namespace lpntk
