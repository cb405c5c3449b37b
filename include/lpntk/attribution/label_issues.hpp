#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "lpntk/attribution/confident_joint.hpp"
#include "lpntk/attribution/noise_model.hpp"
#include "lpntk/attribution/uniform_noise_fit.hpp"
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
    /// Whose labels are not, in order.
    std::vector<index_t> kept() const {
        std::vector<index_t> samples;
        for (std::size_t i = 0; i < wrong.size(); ++i)
            if (!wrong[i]) samples.push_back(static_cast<index_t>(i));
        return samples;
    }
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
/// so that flips from one class to another are told from likeness of the two.
///
/// A weak model confuses classes, and the joint takes its doubt for wrong labels: then noise that is the same for all
/// classes, at its likeliest rate, foretells the labels better. Where it does so beyond two standard errors, by a
/// hundredth of what it tells of the labels at least, and with less than half of the joint's wrong labels, T is that
/// noise, and the sum of the scores says how many labels are wrong.
///
/// Probabilities that foretell the labels no better than how often each is given, within two standard errors and a nat
/// for each class, say nothing of which are wrong: then none is, and all scores are 0.
///
/// Throws as require_probabilities does, argument_error for fewer than two classes or rounds < 1. O(N K^2 rounds).
/// Thread-safe.
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
        auto [found, losses] = judged(probabilities, own, detail::class_noise(counted.joint));
        const double rate = counted.wrong() / static_cast<double>(probabilities.rows());
        const auto uniform = detail::uniform_noise_fit::up_to(rate, probabilities, own);
        if (!tells(losses, own) && !tells(uniform.losses, own)) {
            found.score.assign(found.score.size(), 0);
            found.expected = counted.joint.rowwise().sum().asDiagonal();
        } else if (uniform.rate < rate / 2 && mostly_doubt(losses, uniform.losses, own)) {
            found = judged(probabilities, own, detail::uniform_noise(classes, uniform.rate)).issues;
        } else {
            found.expected = counted.joint;
        }
        const double wrong = found.expected.sum() - found.expected.trace();
        found.wrong = highest(found.score, static_cast<std::ptrdiff_t>(std::floor(wrong + 0.5)));
        return found;
    }

private:
    struct judgement {
        label_issues issues;    ///< but for the decision
        vector<double> losses;  ///< N: -log of the probability of the label given
    };

    /// What is right by these chances of labels (columns) for the true classes (rows).
    judgement judged(const matrix<double>& probabilities, const class_labels& own,
                     const matrix<double>& transition) const {
        const index_t classes = probabilities.cols();
        judgement found{{{}, {}, {}, matrix<double>::Zero(classes, classes)}, vector<double>(probabilities.rows())};
        for (index_t i = 0; i < probabilities.rows(); ++i) {
            const int given = own.labels[static_cast<std::size_t>(i)];
            vector<double> truth = detail::unfolded(probabilities.row(i).transpose(), transition, rounds);
            const double all = truth.sum();
            truth.array() *= transition.col(given).array();
            const double wrong = truth.head(given).sum() + truth.tail(classes - 1 - given).sum();
            found.losses[i] = std::log(all) - std::log(wrong + truth[given]);
            found.issues.expected.row(given) += truth.transpose() / (wrong + truth[given]);
            found.issues.score.push_back(wrong / (wrong + truth[given]));
            truth[given] = -1;
            index_t best = 0;
            truth.maxCoeff(&best);
            found.issues.suggested.push_back(static_cast<int>(best));
        }
        return found;
    }

    /// N: what the probability of the label given says beyond how often that label is given, in nats.
    static vector<double> told(const vector<double>& losses, const class_labels& own) {
        vector<double> gains = -losses;
        for (const auto& members : own.indices())
            for (const index_t i : members)
                gains[i] -= std::log(static_cast<double>(members.size()) / static_cast<double>(gains.size()));
        return gains;
    }

    /// Whether the labels are foretold better than by how often each is given, by more than chance.
    static bool tells(const vector<double>& losses, const class_labels& own) {
        const vector<double> gains = told(losses, own);
        const double spread = (gains.array() - gains.mean()).matrix().norm();
        return gains.sum() > static_cast<double>(own.classes) + 2 * spread;
    }

    /// Whether labels are foretold worse by the joint than by uniform noise. A nat for each class is what the sample
    /// that class_noise adds to it costs at most.
    static bool mostly_doubt(const vector<double>& by_joint, const vector<double>& by_uniform,
                             const class_labels& own) {
        const vector<double> worse = by_joint - by_uniform;
        const double spread = (worse.array() - worse.mean()).matrix().norm();
        return worse.sum() > static_cast<double>(own.classes) + std::max(2 * spread, told(by_uniform, own).sum() / 100);
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
