#pragma once

#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/by_score.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// For each item the mean of its similarities to all items, itself included. Streams over the rows: N numbers
/// and a block of rows a thread; the same for any number of threads. Throws numeric_error on NaN or infinity.
struct mean_similarity {
    int threads = 0;       ///< 0: all
    index_t block = 64;    ///< rows asked for at once
    progress report = {};  ///< rows read, of N

    /// N means, in the order of the items; sums are in double.
    template <similarity_source Source>
    std::vector<double> operator()(const Source& source) const {
        const auto& items = similarity_of(source);
        return with_lists_of(items, "mean_similarity", sizeof(double), [&] {
            std::vector<double> means(static_cast<std::size_t>(items.size()));
            for_each_row(items, {threads, block, report}, "mean_similarity", [&](index_t i, const auto& row, int) {
                double sum = 0;  // one after the other: a vectorised sum would depend on the row's alignment
                for (index_t j = 0; j < row.size(); ++j) sum += static_cast<double>(row[j]);
                means[static_cast<std::size_t>(i)] = sum / static_cast<double>(row.size());
            });
            return means;
        });
    }
};

/// Keeps the samples that are least similar to their class on average (drops its head), or most similar (its tail).
///
///     const lpntk::average_similarity without_tail{.ratio = 0.9, .keep = lpntk::score_end::highest};
///     const auto kept = without_tail(phi, train);
///
/// Exactly kept_count() samples of each class; of equal means the lower index stays. Costs all rows of each
/// class. Throws what by_class, mean_similarity and by_score throw.
struct average_similarity {
    double ratio = 1;                    ///< of each class to keep, in (0, 1]; 1: all
    score_end keep = score_end::lowest;  ///< of the mean similarities
    int threads = 0;                     ///< 0: all
    index_t block = 64;                  ///< rows asked for at once
    progress report = {};                ///< rows read, of those of one class after the other

    /// By class; `source` as in by_class.
    template <similarity_source Source>
    selection operator()(const Source& source, const class_labels& own) const {
        const auto means = by_class(source, own, mean());
        std::vector<double> scores(own.labels.size());
        for (std::size_t c = 0; c < means.results.size(); ++c)
            for (std::size_t k = 0; k < means.indices[c].size(); ++k)
                scores[static_cast<std::size_t>(means.indices[c][k])] = means.results[c][k];
        return by_score{ratio, keep}(scores, own);
    }

    /// Over the whole set.
    template <similarity_source Source>
    selection operator()(const Source& source) const {
        return by_score{ratio, keep}(mean()(source));
    }

private:
    mean_similarity mean() const { return {threads, block, report}; }
};

}  // namespace lpntk
