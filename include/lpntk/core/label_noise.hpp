#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Labels of which some are wrong, and which.
struct noisy_labels {
    std::vector<int> labels;    ///< N, in [0, K)
    std::vector<bool> flipped;  ///< N: whether the label was changed

    /// How many labels are wrong.
    index_t count() const { return std::accumulate(flipped.begin(), flipped.end(), index_t{0}); }
};

/// Flips a fraction of the labels, of samples chosen at random from the whole set, each to another class, all
/// others equally likely.
///
///     const auto noisy = lpntk::flip_uniformly{.fraction = 0.05, .seed = 7}(train.labels, train.classes);
///
/// Exactly floor(fraction N + 1/2) labels. Throws argument_error unless 0 <= fraction <= 1, on fewer than two
/// classes, on labels outside [0, classes). Thread-safe.
struct flip_uniformly {
    double fraction = 0;     ///< of all N labels, in [0, 1]
    std::uint64_t seed = 0;  ///< the same seed, the same flips

    /// Labels in [0, classes), which are copied; O(N).
    noisy_labels operator()(std::span<const int> labels, int classes) const {
        require(fraction >= 0 && fraction <= 1, "flip_uniformly", "fraction", fraction, "in [0, 1]");
        require(classes >= 2, "flip_uniformly", "classes", classes, ">= 2");
        require_labels(labels, classes, "flip_uniformly");
        noisy_labels noisy{{labels.begin(), labels.end()}, std::vector<bool>(labels.size(), false)};
        std::vector<index_t> samples(labels.size());
        std::iota(samples.begin(), samples.end(), index_t{0});
        random_stream random(seed);
        const auto count = static_cast<index_t>(std::floor(fraction * static_cast<double>(labels.size()) + 0.5));
        for (const index_t i : random_choice(samples, count, random)) {
            int& label = noisy.labels[static_cast<std::size_t>(i)];
            label = static_cast<int>((label + 1 + random.below(classes - 1)) % classes);
            noisy.flipped[static_cast<std::size_t>(i)] = true;
        }
        return noisy;
    }
};

/// Redraws every label by a class-dependent chance: a sample of class a is labelled b with chance
/// transition(a, b); its label is wrong, and marked as flipped, when b differs from a.
///
///     const auto noisy = lpntk::flip_by_class{.transition = lpntk::next_class(10, 0.2), .seed = 7}(labels);
///
/// Sample i draws from the random stream (seed, i). Throws argument_error unless the matrix is K x K with
/// entries >= 0 and rows that sum to 1 (within 1e-6), on labels outside [0, K). Thread-safe.
struct flip_by_class {
    matrix<double> transition;  ///< K x K: from the true class (row) to the label given (column)
    std::uint64_t seed = 0;     ///< the same seed, the same labels

    /// N labels in [0, K); O(N K).
    noisy_labels operator()(std::span<const int> labels) const {
        const auto classes = static_cast<int>(transition.rows());
        require(classes >= 1 && transition.cols() == classes, "flip_by_class", "number of columns of the transition",
                transition.cols(), "its number of rows, " + std::to_string(classes) + ", and >= 1");
        for (int a = 0; a < classes; ++a)
            require(transition.row(a).minCoeff() >= 0 && std::abs(transition.row(a).sum() - 1) <= 1e-6, "flip_by_class",
                    "row " + std::to_string(a) + " of the transition", transition.row(a),
                    "chances, at least 0 each, that sum to 1");
        require_labels(labels, classes, "flip_by_class");
        noisy_labels noisy{{}, std::vector<bool>(labels.size(), false)};
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const int given = draw(labels[i], i);
            noisy.labels.push_back(given);
            noisy.flipped[i] = given != labels[i];
        }
        return noisy;
    }

private:
    int draw(int truth, std::uint64_t sample) const {
        double left = random_stream(seed, sample).uniform();
        int given = truth;  // when rounding leaves a rest beyond the last class
        for (int b = 0; b < transition.cols(); ++b) {
            left -= transition(truth, b);
            if (left < 0) {
                given = b;
                break;
            }
        }
        return given;
    }
};

/// The transition in which each class is taken for the next one (the last for the first) with this chance: K x K.
/// Throws argument_error for fewer than two classes, a chance outside [0, 1].
inline matrix<double> next_class(int classes, double chance) {
    require(classes >= 2, "next_class", "classes", classes, ">= 2");
    require(chance >= 0 && chance <= 1, "next_class", "chance", chance, "in [0, 1]");
    matrix<double> transition = matrix<double>::Identity(classes, classes) * (1 - chance);
    for (int a = 0; a < classes; ++a) transition(a, (a + 1) % classes) += chance;
    return transition;
}

}  // namespace lpntk
