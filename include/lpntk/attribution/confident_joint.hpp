#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// How many samples are labelled i and are likely of class j (Northcutt, Jiang, Chuang, JAIR 2021, section 3.1).
struct confident_joint {
    matrix<double> counts;    ///< K x K: given label (row) and likely class (column), of the confident samples
    matrix<double> joint;     ///< K x K: the same for all N samples, each row scaled to its number of given labels
    std::vector<int> likely;  ///< N: the confident class, -1 where none is
    std::vector<double>
        threshold;  ///< K: how probable a class must be to be confident; infinite for one without labels

    /// Estimated number of wrong labels: what of `joint` is off its diagonal.
    double wrong() const { return joint.sum() - joint.trace(); }
};

/// Throws argument_error unless `probabilities` are N x K, in [0, 1], with rows that sum to 1 (within 1e-3), and the
/// labels N in [0, K); numeric_error naming a row that is not finite.
inline void require_probabilities(const matrix<double>& probabilities, const class_labels& own,
                                  std::string_view function) {
    require_valid(own, probabilities.rows(), function);
    require(probabilities.rows() >= 1, function, "number of samples", probabilities.rows(), ">= 1");
    require(own.classes <= probabilities.cols(), function, "number of columns of the probabilities",
            probabilities.cols(), "at least the number of classes, " + std::to_string(own.classes));
    require_finite<double>(probabilities, function, "probability");
    for (index_t i = 0; i < probabilities.rows(); ++i) {
        const auto row = probabilities.row(i);
        const std::string sample = " of sample " + std::to_string(i);
        if (row.minCoeff() < 0) require(false, function, "smallest probability" + sample, row.minCoeff(), ">= 0");
        if (std::abs(row.sum() - 1) > 1e-3)
            require(false, function, "sum of the probabilities" + sample, row.sum(), "1");
    }
}

/// The confident joint of any class probabilities that have not seen the samples' own labels: held-out,
/// cross-validated, or calibrated leave-one-out predictions.
///
///     const auto joint = lpntk::count_confident(probabilities, {labels, 10});
///
/// A class is confident for a sample when it is at least as probable as it is on average for the samples labelled so;
/// of several the most probable counts, the first of equals. A row of `counts` without any sample is taken for right.
/// Throws as require_probabilities does. O(N K).
inline confident_joint count_confident(const matrix<double>& probabilities, const class_labels& own) {
    require_probabilities(probabilities, own, "count_confident");
    const index_t classes = probabilities.cols();
    const auto label = [&](index_t i) { return own.labels[static_cast<std::size_t>(i)]; };
    vector<double> sums = vector<double>::Zero(classes), given = sums;
    for (index_t i = 0; i < probabilities.rows(); ++i) {
        sums[label(i)] += probabilities(i, label(i));
        given[label(i)] += 1;
    }
    confident_joint found{matrix<double>::Zero(classes, classes), {}, {}, {}};
    for (index_t k = 0; k < classes; ++k)
        found.threshold.push_back(given[k] > 0 ? sums[k] / given[k] : std::numeric_limits<double>::infinity());
    constexpr double rounding = 1e-9;  // equal probabilities are as probable as their mean
    for (index_t i = 0; i < probabilities.rows(); ++i) {
        int best = -1;
        for (int k = 0; k < classes; ++k)
            if (probabilities(i, k) >= found.threshold[static_cast<std::size_t>(k)] - rounding &&
                (best < 0 || probabilities(i, k) > probabilities(i, best)))
                best = k;
        found.likely.push_back(best);
        if (best >= 0) found.counts(label(i), best) += 1;
    }
    found.joint = found.counts;
    for (index_t k = 0; k < classes; ++k) {
        if (!(found.joint.row(k).sum() > 0)) found.joint(k, k) = 1;
        found.joint.row(k) *= given[k] / found.joint.row(k).sum();
    }
    return found;
}

}  // namespace lpntk
