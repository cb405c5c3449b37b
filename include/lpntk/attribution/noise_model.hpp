#pragma once

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// K x K: how labels (columns) come out of the true classes (rows), by the joint of given labels and true classes.
/// Counts off the diagonal are drawn towards their mean as far as chance alone would scatter them, and each class is
/// given one more sample, half of it right and half spread over all labels, so that no chance is 0.
inline matrix<double> class_noise(const matrix<double>& joint) {
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

/// K x K: a label is wrong with chance `rate`, and then any of the others.
inline matrix<double> uniform_noise(index_t classes, double rate) {
    matrix<double> transition = matrix<double>::Constant(classes, classes, rate / static_cast<double>(classes - 1));
    transition.diagonal().setConstant(1 - rate);
    return transition;
}

/// The distribution over true classes that these probabilities of labels come from, by maximum likelihood (Richardson
/// 1972; Lucy 1974).
inline vector<double> unfolded(const vector<double>& labels, const matrix<double>& transition, int rounds) {
    vector<double> truth = vector<double>::Constant(labels.size(), 1 / static_cast<double>(labels.size()));
    for (int round = 0; round < rounds; ++round) {
        const vector<double> folded = transition.transpose() * truth;
        truth.array() *= (transition * labels.cwiseQuotient(folded)).array();
    }
    return truth;
}

}  // namespace lpntk::inline LPNTK_TARGET::detail
