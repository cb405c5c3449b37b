#pragma once

#include <span>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/by_score.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk {

/// For each item the mean of its similarities to all items, itself included. Streams over the rows: N numbers
/// and a block of rows a thread; the same for any number of threads. Throws numeric_error on NaN or infinity.
struct mean_similarity {
    row_options rows = {};

    template <similarity S>
    std::vector<double> operator()(const S& items) const {
        std::vector<double> means(static_cast<std::size_t>(items.size()));
        for_each_row(items, rows, "mean_similarity", [&](index_t i, const auto& row, int) {
            double sum = 0;  // one after the other: a vectorised sum would depend on the row's alignment
            for (index_t j = 0; j < row.size(); ++j) sum += static_cast<double>(row[j]);
            means[static_cast<std::size_t>(i)] = sum / static_cast<double>(row.size());
        });
        return means;
    }
};

/// Drops the samples that are most similar to their class on average (its head), or least similar (its tail).
///
///     const lpntk::average_similarity drop_the_tail{.ratio = 0.9, .drop = lpntk::average_similarity::end::least_similar};
///     const auto kept = drop_the_tail(phi, train.labels, train.classes);
///
/// Exactly kept_count() samples of each class; of equal means the lower index stays. Costs all rows of each
/// class. Throws what by_class, mean_similarity and by_score throw.
struct average_similarity {
    enum class end { most_similar, least_similar };

    double ratio = 1;
    end drop = end::most_similar;
    row_options rows = {};

    /// By class; `source` as in by_class.
    template <similarity_source Source>
    selection operator()(const Source& source, std::span<const int> labels, int classes) const {
        const auto means = by_class(source, labels, classes, mean_similarity{rows});
        std::vector<double> scores(labels.size());
        for (std::size_t c = 0; c < means.results.size(); ++c)
            for (std::size_t k = 0; k < means.indices[c].size(); ++k)
                scores[static_cast<std::size_t>(means.indices[c][k])] = means.results[c][k];
        return chooser()(scores, labels, classes);
    }

    /// Over the whole set.
    template <similarity S>
    selection operator()(const S& items) const {
        return chooser()(mean_similarity{rows}(items));
    }

private:
    by_score chooser() const {
        return {ratio, drop == end::most_similar ? score_end::lowest : score_end::highest};
    }
};

}  // namespace lpntk
