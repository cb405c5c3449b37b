#pragma once

#include <cmath>
#include <string>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/golden_section.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Probabilities of K classes that are as sure as the labels bear out.
struct class_probabilities {
    matrix<double> values;   ///< N x K, rows sum to 1: softmax(scores / temperature)
    double temperature = 1;  ///< tau
    double loss = 0;         ///< mean of -log of the probability of the given label, in nats
};

namespace detail {

/// softmax(scores / temperature), row by row.
inline class_probabilities softmax_rows(const matrix<double>& scores, const class_labels& own, double temperature) {
    class_probabilities at{matrix<double>(scores.rows(), scores.cols()), temperature, 0};
    for (index_t i = 0; i < scores.rows(); ++i) {
        const auto label = own.labels[static_cast<std::size_t>(i)];
        const auto below = ((scores.row(i).array() - scores.row(i).maxCoeff()) / temperature).eval();
        at.values.row(i) = below.exp();
        const double sum = at.values.row(i).sum();
        at.values.row(i) /= sum;
        at.loss += (std::log(sum) - below[label]) / static_cast<double>(scores.rows());
    }
    return at;
}

}  // namespace detail

/// softmax(scores / tau) with the temperature tau that makes the given labels likeliest (Guo et al., ICML 2017),
/// between a thousandth and a thousand times the spread of the scores.
///
///     const auto p = lpntk::calibrated(fit.leave_one_out, train);   // leave-one-out: then tau is, too
///
/// `scores` are N x K, of anything that is higher for likelier classes and has not seen the sample's own label:
/// leave-one-out predictions, logits of a held-out set. Wrong labels count, too: what is calibrated is the probability
/// of the label that a sample would be given. Throws argument_error on labels that are not N in [0, K), numeric_error
/// naming a row that is not finite. O(N K).
inline class_probabilities calibrated(const matrix<double>& scores, const class_labels& own) {
    constexpr auto function = "calibrated";
    require_valid(own, scores.rows(), function);
    require(own.classes <= scores.cols(), function, "number of columns of the scores", scores.cols(),
            "at least the number of classes, " + std::to_string(own.classes));
    require_finite<double>(scores, function, "score");
    const double spread = scores.rowwise().maxCoeff().mean() - scores.rowwise().minCoeff().mean();
    if (!(spread > 0)) return detail::softmax_rows(scores, own, 1);
    const auto loss = [&](double t) { return detail::softmax_rows(scores, own, std::exp(t)).loss; };
    return detail::softmax_rows(  // the loss is convex in 1 / tau: it has one minimum
        scores, own, std::exp(detail::golden_section(loss, std::log(spread / 1000), std::log(spread * 1000), 1e-4)));
}

}  // namespace lpntk
