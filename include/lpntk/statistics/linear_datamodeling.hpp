#pragma once

#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/statistics/correlation.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The linear datamodeling score (Park et al., ICML 2023, section 2.3) of each of M test samples: how well the sum of
/// the attributions of a subset's training samples ranks what networks trained on the subsets say.
///
///     outputs(s, m)        what a network trained on subset s says of test sample m, say its margin: S x M
///     subsets[s]           the training samples of subset s, in [0, N)
///     attributions(m, i)   what training sample i does for test sample m, by the method that is judged: M x N
///
/// Spearman's correlation over the S subsets; NaN where one side is constant. Throws argument_error when sizes differ
/// or an index is out of range, numeric_error for numbers that are not finite. O(S M N).
inline std::vector<double> linear_datamodeling_scores(const matrix<double>& outputs,
                                                      std::span<const std::vector<index_t>> subsets,
                                                      const matrix<double>& attributions) {
    constexpr const char* here = "linear_datamodeling_scores";
    const auto count = static_cast<index_t>(subsets.size());
    require(count >= 2, here, "number of subsets", count, ">= 2");
    require(outputs.rows() == count, here, "rows of the outputs", outputs.rows(),
            "the number of subsets, " + std::to_string(count));
    require(attributions.rows() == outputs.cols(), here, "rows of the attributions", attributions.rows(),
            "the number of test samples, " + std::to_string(outputs.cols()));
    require_finite<double>(outputs, here, "output");
    require_finite<double>(attributions, here, "attribution");
    matrix<double> predicted = matrix<double>::Zero(attributions.rows(), count);  // M x S: a row for each correlation
    for (index_t s = 0; s < count; ++s)
        for (const index_t i : subsets[static_cast<std::size_t>(s)]) {
            if (i < 0 || i >= attributions.cols())
                require(false, here, "sample of subset " + std::to_string(s), i,
                        "in [0, " + std::to_string(attributions.cols()) + ")");
            predicted.col(s) += attributions.col(i);
        }
    const matrix<double> said = outputs.transpose();
    const auto row = [&](const matrix<double>& of, index_t m) {
        return std::span<const double>(of.row(m).data(), static_cast<std::size_t>(count));
    };
    std::vector<double> scores;
    for (index_t m = 0; m < said.rows(); ++m) scores.push_back(spearman(row(predicted, m), row(said, m)));
    return scores;
}

}  // namespace lpntk
