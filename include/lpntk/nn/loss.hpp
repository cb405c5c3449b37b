#pragma once

#include <cmath>

#include "lpntk/core/types.hpp"

namespace lpntk::nn {

/// Cross-entropy of softmax(z) and the label, -log q_y in nats; stable for any finite logits.
template <class T>
T cross_entropy(vector_view<T> logits, int label) {
    const T largest = logits.maxCoeff();
    return std::log((logits.array() - largest).exp().sum()) + largest - logits[label];
}

/// q = softmax(z), stable for any finite logits.
template <class T>
vector<T> softmax(vector_view<T> logits) {
    vector<T> q = (logits.array() - logits.maxCoeff()).exp();
    return q / q.sum();
}

/// || softmax(z) - one-hot(label) ||_2, the paper's other measure of difficulty and, early in training, EL2N.
template <class T>
T error_norm(vector_view<T> logits, int label) {
    vector<T> error = softmax<T>(logits);
    error[label] -= T(1);
    return error.norm();
}

/// Index of the largest logit, the first of equal ones.
template <class T>
int predicted_class(vector_view<T> logits) {
    index_t best = 0;
    logits.maxCoeff(&best);
    return static_cast<int>(best);
}

}  // namespace lpntk::nn
