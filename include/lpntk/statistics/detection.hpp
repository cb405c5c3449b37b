#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

/// How well a score finds the samples that are known to be bad: higher score, more suspect. `known[i]` says
/// whether sample i is one. Samples of equal score share their rank, so that their order never counts;
/// infinite scores are fine. All throw argument_error on NaN, on lengths that differ, and unless there is a
/// sample of both kinds. O(N log N). Thread-safe.
namespace lpntk::inline LPNTK_TARGET {

/// One point of a ROC curve: what is found when all samples of at least this score are called bad.
struct roc_point {
    double threshold = 0;            ///< lowest score that is called bad; infinity at (0, 0)
    double false_positive_rate = 0;  ///< of the good samples, the fraction called bad
    double true_positive_rate = 0;   ///< of the bad ones, the fraction found
};

namespace detail {

/// Samples of one score: how many bad, how many in all.
struct tied_scores {
    double score = 0;
    double bad = 0;
    double all = 0;
};

/// The distinct scores, highest first.
inline std::vector<tied_scores> ranked(std::span<const double> scores, const std::vector<bool>& known,
                                       std::string_view function) {
    require(known.size() == scores.size(), function, "length of the known mask", known.size(),
            "the number of scores, " + std::to_string(scores.size()));
    const auto bad = std::count(known.begin(), known.end(), true);
    require(bad >= 1 && bad < static_cast<std::ptrdiff_t>(known.size()), function, "number of known bad samples", bad,
            "in [1, number of samples - 1]");
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (const std::size_t i : order)
        if (is_nan(scores[i]))
            require(false, function, "score of a sample", "NaN (sample " + std::to_string(i) + ")", "a number");
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    std::vector<tied_scores> ranks;
    for (const std::size_t i : order) {
        if (ranks.empty() || ranks.back().score != scores[i]) ranks.push_back({scores[i], 0, 0});
        ranks.back().bad += known[i] ? 1 : 0;
        ranks.back().all += 1;
    }
    return ranks;
}

}  // namespace detail

/// The ROC curve from (0, 0) to (1, 1), one point a distinct score.
inline std::vector<roc_point> roc_curve(std::span<const double> scores, const std::vector<bool>& known) {
    const auto ranks = detail::ranked(scores, known, "roc_curve");
    const auto bad = static_cast<double>(std::count(known.begin(), known.end(), true));
    const double good = static_cast<double>(known.size()) - bad;
    std::vector<roc_point> curve{{std::numeric_limits<double>::infinity(), 0, 0}};
    double found = 0, wrong = 0;
    for (const auto& rank : ranks) {
        found += rank.bad;
        wrong += rank.all - rank.bad;
        curve.push_back({rank.score, wrong / good, found / bad});
    }
    return curve;
}

/// Area under the ROC curve: the chance that a bad sample has a higher score than a good one, ties counting half.
inline double auroc(std::span<const double> scores, const std::vector<bool>& known) {
    double area = 0;
    const auto curve = roc_curve(scores, known);
    for (std::size_t k = 1; k < curve.size(); ++k)
        area += (curve[k].false_positive_rate - curve[k - 1].false_positive_rate) *
                (curve[k].true_positive_rate + curve[k - 1].true_positive_rate) / 2;
    return area;
}

/// Average precision: the precision at each distinct score, weighted by the part of the bad samples found there.
inline double average_precision(std::span<const double> scores, const std::vector<bool>& known) {
    double sum = 0, found = 0, called = 0;
    for (const auto& rank : detail::ranked(scores, known, "average_precision")) {
        found += rank.bad;
        called += rank.all;
        sum += rank.bad * found / called;
    }
    return sum / found;
}

/// The fraction of bad samples among the `count` of the highest scores; where the last of them ties with
/// others, its expectation over a random order. Throws argument_error unless 1 <= count <= N.
inline double precision_at(index_t count, std::span<const double> scores, const std::vector<bool>& known) {
    require(count >= 1 && count <= static_cast<index_t>(scores.size()), "precision_at", "count", count,
            "in [1, number of samples = " + std::to_string(scores.size()) + "]");
    double left = static_cast<double>(count), found = 0;
    for (const auto& rank : detail::ranked(scores, known, "precision_at")) {
        const double taken = std::min(left, rank.all);
        found += rank.bad * taken / rank.all;
        left -= taken;
    }
    return found / static_cast<double>(count);
}

/// A score's success in three numbers, each in [0, 1]; by chance 0.5 and twice the fraction of bad samples.
struct detection_report {
    double auroc = 0;               ///< 0.5 by chance
    double average_precision = 0;   ///< by chance about the fraction of bad samples
    double precision_at_known = 0;  ///< at as many samples as are bad
};

/// All three of them. Throws as auroc() does.
inline detection_report detect(std::span<const double> scores, const std::vector<bool>& known) {
    const auto bad = static_cast<index_t>(std::count(known.begin(), known.end(), true));
    return {auroc(scores, known), average_precision(scores, known), precision_at(bad, scores, known)};
}

}  // namespace lpntk
