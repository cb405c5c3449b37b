#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Which end of a score to keep.
enum class score_end { highest, lowest };

/// Keeps the samples of the highest (or lowest) scores, of any score: EL2N, a suspicion, a loss.
///
///     const auto kept = lpntk::by_score{.ratio = 0.9, .keep = lpntk::score_end::lowest}(el2n, train);
///
/// Exactly kept_count() samples of each class, or of the whole set; of equal scores the lower index stays.
/// Infinite scores are fine (a sample never learned). Throws argument_error on NaN, naming the sample, on a
/// ratio outside (0, 1], on lengths that differ, on an empty class. O(N log N). Thread-safe.
struct by_score {
    double ratio = 1;                     ///< of each class to keep, in (0, 1]; 1: all
    score_end keep = score_end::highest;  ///< lowest drops the hard and the suspect

    /// By class.
    selection operator()(std::span<const double> scores, const class_labels& own) const {
        require_valid(own, static_cast<index_t>(scores.size()), "by_score");
        return select(scores, own.indices());
    }

    /// Over the whole set, whatever the classes.
    selection operator()(std::span<const double> scores) const {
        std::vector<index_t> all(scores.size());
        std::iota(all.begin(), all.end(), index_t{0});
        return select(scores, {all});
    }

private:
    selection select(std::span<const double> scores, const std::vector<std::vector<index_t>>& indices) const {
        for (std::size_t i = 0; i < scores.size(); ++i)
            require(!is_nan(scores[i]), "by_score", "score of a sample", "NaN (sample " + std::to_string(i) + ")",
                    "a number");
        return select_by_class(indices, "by_score", [&](std::size_t, std::vector<index_t> samples) {
            std::stable_sort(samples.begin(), samples.end(), [&](index_t a, index_t b) {
                const double x = scores[static_cast<std::size_t>(a)], y = scores[static_cast<std::size_t>(b)];
                return keep == score_end::highest ? x > y : x < y;
            });
            samples.resize(
                static_cast<std::size_t>(kept_count(static_cast<index_t>(samples.size()), ratio, "by_score")));
            return samples;
        });
    }
};

}  // namespace lpntk
