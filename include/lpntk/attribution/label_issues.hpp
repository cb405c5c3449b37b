#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "lpntk/attribution/confident_joint.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Which of N labels are wrong.
struct label_issues {
    std::vector<double> score;   ///< N: how probable it is that the given label is wrong, in [0, 1]
    std::vector<bool> wrong;     ///< N: the decision: as many of the highest scores as labels are expected to be wrong
    std::vector<int> suggested;  ///< N: the likeliest class other than the given one
    matrix<double> expected;     ///< K x K: expected number of samples labelled i (row) that are of class j (column)

    /// How many labels are decided to be wrong.
    index_t count() const { return std::count(wrong.begin(), wrong.end(), true); }
};

/// Decides which labels are wrong, and how many, from class probabilities alone.
///
///     const auto fit    = lpntk::kernel_ridge{}(kappa, train);                       // kappa of all_ones
///     const auto p      = lpntk::calibrated(fit.leave_one_out, train);
///     const auto issues = lpntk::find_label_issues{}(p.values, train);
///     const auto others = lpntk::find_label_issues{}(probabilities, {labels, 10});   // of any model, cross-validated
///
/// The probabilities must not have seen the samples' own labels, as in count_confident, whose joint says how many
/// labels are wrong (Northcutt, Jiang, Chuang, JAIR 2021). They foretell the labels that are given, noise included:
/// p(label | x) = sum over classes c of p(c | x) T(c, label). T, the chance that a sample of class c is labelled so,
/// comes from the joint; p(c | x) is unfolded from the sum (Richardson 1972; Lucy 1974), and Bayes' rule gives the
/// score,
///
///     1 - p(c = label | x, label),   p(c | x, label) proportional to p(c | x) T(c, label)
///
/// so that flips from one class to another are told from likeness of the two. Counts off the diagonal of the joint are
/// drawn towards their mean as far as chance alone would scatter them, and each class is given one more sample, half of
/// it right and half spread over all labels, so that no chance is 0. Throws as require_probabilities does,
/// argument_error for fewer than two classes or rounds < 1. O(N K^2 rounds). Thread-safe.
struct find_label_issues {
    int rounds = 20;  ///< of the unfolding

    /// `probabilities` are N x K, rows that sum to 1.
    label_issues operator()(const matrix<double>& probabilities, const class_labels& own) const {
        constexpr auto function = "find_label_issues";
        require(rounds >= 1, function, "rounds", rounds, ">= 1");
        require_probabilities(probabilities, own, function);
        const index_t classes = probabilities.cols();
        require(classes >= 2, function, "number of columns of the probabilities", classes, ">= 2");
        const confident_joint counted = count_confident(probabilities, own);
        const matrix<double> transition = transition_of(counted.joint);
        label_issues found{{}, {}, {}, counted.joint};
        for (index_t i = 0; i < probabilities.rows(); ++i) {
            const int given = own.labels[static_cast<std::size_t>(i)];
            vector<double> truth = unfolded(probabilities.row(i).transpose(), transition);
            truth.array() *= transition.col(given).array();
            const double wrong = truth.head(given).sum() + truth.tail(classes - 1 - given).sum();
            found.score.push_back(wrong / (wrong + truth[given]));
            truth[given] = -1;
            index_t best = 0;
            truth.maxCoeff(&best);
            found.suggested.push_back(static_cast<int>(best));
        }
        found.wrong = highest(found.score, static_cast<std::ptrdiff_t>(std::floor(counted.wrong() + 0.5)));
        return found;
    }

private:
    /// K x K: from the true class (row) to the label given (column).
    static matrix<double> transition_of(const matrix<double>& joint) {
        const index_t classes = joint.rows();
        const auto pairs = static_cast<double>(classes * (classes - 1));
        matrix<double> transition = joint.transpose();
        transition.diagonal().setZero();
        const double mean = transition.sum() / pairs;
        const double variance = (transition.squaredNorm() - mean * mean * pairs) / (pairs - 1);
        const double drawn = variance > mean ? mean / variance : 1;  // counts by chance have the variance of their mean
        transition.array() += drawn * (mean - transition.array()) + 0.5 / static_cast<double>(classes);
        transition.diagonal() = joint.diagonal().array() + 0.5 + 0.5 / static_cast<double>(classes);
        const vector<double> sums = transition.rowwise().sum();
        return sums.cwiseInverse().asDiagonal() * transition;
    }

    /// The distribution over true classes that these probabilities of labels come from, by maximum likelihood.
    vector<double> unfolded(const vector<double>& labels, const matrix<double>& transition) const {
        vector<double> truth = vector<double>::Constant(labels.size(), 1 / static_cast<double>(labels.size()));
        for (int round = 0; round < rounds; ++round) {
            const vector<double> folded = transition.transpose() * truth;
            truth.array() *= (transition * labels.cwiseQuotient(folded)).array();
        }
        return truth;
    }

    /// Where the `count` highest scores are, the first of equals.
    static std::vector<bool> highest(const std::vector<double>& scores, std::ptrdiff_t count) {
        std::vector<std::size_t> order(scores.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
        std::vector<bool> found(scores.size(), false);
        std::for_each(order.begin(), order.begin() + count, [&](auto i) { found[i] = true; });
        return found;
    }
};

}  // namespace lpntk
