#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/golden_section.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// How well labels are foretold when each is wrong with the same chance, and then any of the others.
struct uniform_noise_fit {
    double rate = 0;        ///< chance that a label is wrong
    vector<double> losses;  ///< N: -log of the probability of the label given, in nats

    /// Probabilities of labels that uniform noise allows, nearest to `row` by likelihood: none is rarer than `least`,
    /// the others keep their ratios. Returns what those are multiplied by.
    static double kept(const auto& row, double least) {
        for (double scale = 1;;) {  // falls from round to round, as classes drop to `least`: ends after K
            double above = 0;
            index_t dropped = 0;
            for (index_t k = 0; k < row.size(); ++k) {
                if (scale * row[k] > least)
                    above += row[k];
                else
                    ++dropped;
            }
            const double next = (1 - least * static_cast<double>(dropped)) / above;
            if (!(next < scale)) return scale;
            scale = next;
        }
    }

    static uniform_noise_fit at(double rate, const matrix<double>& probabilities, const class_labels& own) {
        uniform_noise_fit fit{rate, vector<double>(probabilities.rows())};
        const double least = rate / static_cast<double>(probabilities.cols() - 1);
        for (index_t i = 0; i < probabilities.rows(); ++i) {
            const double foretold = probabilities(i, own.labels[static_cast<std::size_t>(i)]);
            fit.losses[i] = -std::log(std::max(least, kept(probabilities.row(i), least) * foretold));
        }
        return fit;
    }

    /// The likeliest rate up to `most`, within a thousandth of it. O(N K).
    static uniform_noise_fit up_to(double most, const matrix<double>& probabilities, const class_labels& own) {
        const auto classes = static_cast<double>(probabilities.cols());
        const double end = std::min(most, 0.999 * (classes - 1) / classes);  // there labels say nothing any more
        const auto loss = [&](double chance) { return at(chance, probabilities, own).losses.sum(); };
        return at(golden_section(loss, 0, end, end / 1000), probabilities, own);
    }
};

}  // namespace lpntk::inline LPNTK_TARGET::detail
