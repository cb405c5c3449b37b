#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::nn {

namespace detail {

inline void require_label(int label, index_t outputs, std::string_view function) {
    if (label < 0 || label >= outputs)
        require(false, function, "label", label, "in [0, " + std::to_string(outputs) + "), the logits");
}

}  // namespace detail

/// Cross-entropy of softmax(z) and the label, -log q_y in nats; stable for any finite logits. Throws argument_error unless
/// there is a logit for the label.
template <class T>
T cross_entropy(vector_view<T> logits, int label) {
    detail::require_label(label, logits.size(), "cross_entropy");
    const T largest = logits.maxCoeff();
    return std::log((logits.array() - largest).exp().sum()) + largest - logits[label];
}

/// q = softmax(z), stable for any finite logits.
template <class T>
vector<T> softmax(vector_view<T> logits) {
    vector<T> q = (logits.array() - logits.maxCoeff()).exp();
    return q / q.sum();
}

/// The cross-entropy, and its gradient by the logits: error := softmax(z) - one-hot(label), K numbers. Nothing is
/// allocated. Throws argument_error unless there is a logit for the label.
template <class T>
T cross_entropy(vector_view<T> logits, int label, vector_span<T> error) {
    detail::require_label(label, logits.size(), "cross_entropy");
    require(error.size() == logits.size(), "cross_entropy", "length of the gradient", error.size(), logits.size());
    const T largest = logits.maxCoeff();
    error = (logits.array() - largest).exp();
    const T sum = error.sum();
    error /= sum;
    error[label] -= T(1);
    return std::log(sum) + largest - logits[label];
}

/// || softmax(z) - one-hot(label) ||_2, the paper's other measure of difficulty and, early in training, EL2N. Throws
/// argument_error unless there is a logit for the label.
template <class T>
T error_norm(vector_view<T> logits, int label) {
    detail::require_label(label, logits.size(), "error_norm");
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
