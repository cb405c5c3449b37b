#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/row_statistics.hpp"

/// Scores of how likely a sample's label is wrong, from the kernel alone: one number a sample, higher is more
/// suspect. They go into detection.hpp when the truth is known, and into by_score to drop the suspects.
namespace lpntk::suspicion {

/// Minus the size of the sample's own cluster: the tail of the cluster sizes (Guo et al., ICLR 2024).
inline std::vector<double> tail_cluster(const class_clusterings& clusters) {
    require_valid(clusters, "suspicion::tail_cluster");
    std::vector<double> scores(static_cast<std::size_t>(clusters.items()));
    for (std::size_t c = 0; c < clusters.results.size(); ++c) {
        const auto sizes = clusters.results[c].sizes();
        for (std::size_t k = 0; k < clusters.indices[c].size(); ++k) {
            const auto cluster = static_cast<std::size_t>(clusters.results[c].assignment[k]);
            scores[static_cast<std::size_t>(clusters.indices[c][k])] = -static_cast<double>(sizes[cluster]);
        }
    }
    return scores;
}

/// Minus the mean over the sample's own class of `means` (row_statistics::mean_similarity or mean_cosine, N x K). Throws
/// argument_error unless there are N labels in [0, K).
inline std::vector<double> far_from_own_class(const matrix<double>& means, std::span<const int> labels) {
    require(means.rows() == static_cast<index_t>(labels.size()), "suspicion::far_from_own_class",
            "number of labels", labels.size(), "the number of samples, " + std::to_string(means.rows()));
    require_labels(labels, static_cast<int>(means.cols()), "suspicion::far_from_own_class");
    std::vector<double> scores;
    for (std::size_t i = 0; i < labels.size(); ++i)
        scores.push_back(-means(static_cast<index_t>(i), labels[i]));
    return scores;
}

/// How much nearer the nearest other class is than the own one, by `means` as in far_from_own_class. Classes without
/// samples have no mean and do not count. Throws argument_error as there, and unless two classes have samples.
inline std::vector<double> nearer_to_another_class(const matrix<double>& means, std::span<const int> labels) {
    std::vector<double> scores = far_from_own_class(means, labels);
    std::vector<bool> present(static_cast<std::size_t>(means.cols()), false);
    for (const int label : labels) present[static_cast<std::size_t>(label)] = true;
    const auto classes = std::count(present.begin(), present.end(), true);
    require(classes >= 2, "suspicion::nearer_to_another_class", "number of classes with samples", classes, ">= 2");
    for (std::size_t i = 0; i < labels.size(); ++i) {
        double best = -std::numeric_limits<double>::infinity();
        for (index_t c = 0; c < means.cols(); ++c)
            if (c != labels[i] && present[static_cast<std::size_t>(c)]) best = std::max(best, means(static_cast<index_t>(i), c));
        scores[i] += best;
    }
    return scores;
}

/// The number of samples that learning this one un-learns.
inline std::vector<double> contradictory_partners(const row_statistics& statistics) {
    return {statistics.contradictory.begin(), statistics.contradictory.end()};
}

/// kappa(i, i): how strongly learning the sample moves the network.
inline std::vector<double> self_similarity(const row_statistics& statistics) {
    return {statistics.self_similarity.begin(), statistics.self_similarity.end()};
}

/// The fraction of its nearest neighbours that have another label.
inline std::vector<double> neighbour_disagreement(const row_statistics& statistics) {
    std::vector<double> scores;
    for (const double agreement : statistics.neighbour_agreement) scores.push_back(1 - agreement);
    return scores;
}

/// A score and what to call it.
struct named {
    std::string name;
    std::vector<double> scores;  ///< N
};

/// Every score that the statistics give, for a table of them.
inline std::vector<named> all(const row_statistics& statistics, std::span<const int> labels) {
    return {
        {"mean similarity to own class", far_from_own_class(statistics.mean_similarity, labels)},
        {"mean cosine to own class", far_from_own_class(statistics.mean_cosine, labels)},
        {"similarity margin between classes", nearer_to_another_class(statistics.mean_similarity, labels)},
        {"cosine margin between classes", nearer_to_another_class(statistics.mean_cosine, labels)},
        {"contradictory partners", contradictory_partners(statistics)},
        {"self-similarity", self_similarity(statistics)},
        {"neighbours of another label", neighbour_disagreement(statistics)}};
}

}  // namespace lpntk::suspicion
