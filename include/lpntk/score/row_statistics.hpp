#pragma once

#include <span>
#include <string>
#include <vector>

#include "lpntk/cluster/cosine.hpp"
#include "lpntk/cluster/relations.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/cluster/top_list.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What each sample's kernel row says of it; never counts the sample itself.
struct row_statistics {
    vector<double> self_similarity;      ///< N: kappa(i, i)
    matrix<double> mean_similarity;      ///< N x K: mean kappa to the others of class c; 0 where there are none
    matrix<double> mean_cosine;          ///< N x K: mean rho to them
    std::vector<index_t> contradictory;  ///< N: partners in the whole set that it contradicts
    vector<double> neighbour_agreement;  ///< N: of its nearest neighbours by rho, the fraction with its label

    index_t size() const { return self_similarity.size(); }                   ///< N
    int classes() const { return static_cast<int>(mean_similarity.cols()); }  ///< K
};

/// Reads all rows of the whole set once and keeps the statistics of each.
///
///     const auto statistics = lpntk::collect_row_statistics{}(kappa, train);
///
/// O(N^2) time besides the rows; O(N K) memory and a block of rows a thread; the same for any number of
/// threads. Throws argument_error on thresholds out of range, neighbours outside [1, N - 1], labels outside
/// [0, classes) or too few; numeric_error on NaN or infinity.
struct collect_row_statistics {
    relation_thresholds thresholds = {};  ///< what counts as contradictory: rho <= -0.1 unless told otherwise
    index_t neighbours = 10;              ///< of equal rho those of the lowest index
    int threads = 0;                      ///< 0: all
    index_t block = 64;                   ///< rows asked for at once; each thread holds block x N numbers
    progress report = {};                 ///< rows read, of N

    /// N >= 2 items and their labels; classes without samples get means of 0.
    template <similarity_source Source>
    row_statistics operator()(const Source& source, const class_labels& classed) const {
        constexpr auto function = "collect_row_statistics";
        require_valid(thresholds, function);
        const auto& items = similarity_of(source);
        const index_t count = items.size();
        require_valid(classed, count, function);
        const std::span<const int> labels = classed.labels;
        const int classes = classed.classes;
        require(neighbours >= 1 && neighbours < count, function, "neighbours", neighbours,
                "in [1, number of items - 1 = " + std::to_string(count - 1) + "]");

        row_statistics found;
        found.self_similarity = checked_diagonal(items, function).template cast<double>();
        found.mean_similarity = found.mean_cosine =
            allocate_matrix<double>(count, classes, "means by class of " + std::to_string(count) + " items").setZero();
        found.contradictory.assign(static_cast<std::size_t>(count), 0);
        found.neighbour_agreement.resize(count);
        const cosines cosine_of(found.self_similarity);
        vector<double> sizes = vector<double>::Zero(classes);
        for (const int label : labels) ++sizes[label];
        for_each_row(items, {threads, block, report}, function, [&](index_t i, const auto& row, int) {
            const int own = labels[static_cast<std::size_t>(i)];
            top_list nearest;
            nearest.reset(neighbours);
            for (index_t j = 0; j < count; ++j) {
                if (j == i) continue;
                const double kappa = static_cast<double>(row[j]), rho = cosine_of(kappa, i, j);
                const int other = labels[static_cast<std::size_t>(j)];
                found.mean_similarity(i, other) += kappa;
                found.mean_cosine(i, other) += rho;
                if (thresholds(rho) == relation::contradictory) ++found.contradictory[static_cast<std::size_t>(i)];
                nearest.insert(rho, j);
            }
            for (int c = 0; c < classes; ++c) {
                const double others = sizes[c] - (c == own ? 1 : 0);
                if (others < 1) continue;
                found.mean_similarity(i, c) /= others;
                found.mean_cosine(i, c) /= others;
            }
            double agreeing = 0;
            for (const index_t j : nearest.items()) agreeing += labels[static_cast<std::size_t>(j)] == own ? 1 : 0;
            found.neighbour_agreement[i] = agreeing / static_cast<double>(neighbours);
        });
        return found;
    }
};

}  // namespace lpntk
