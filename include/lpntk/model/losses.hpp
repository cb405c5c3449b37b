#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

/// Softmax and the losses of a classifier, for the logits z (length K) of one sample; stable for any finite logits.
namespace lpntk::inline LPNTK_TARGET {

/// Throws argument_error unless label is in [0, classes).
inline void require_label(int label, index_t classes, std::string_view function) {
    require_index(label, classes, function, "label");
}

namespace detail {

/// The largest logit, and the sum of exp(z_k - largest), each told to take(k, exp(...)). One number after the other:
/// the same bits whatever vectors the target has.
template <class T, class Take>
std::pair<T, T> sum_of_exp(const vector_view<T>& logits, Take&& take) {
    T largest = std::numeric_limits<T>::lowest(), sum = 0;
    for (index_t k = 0; k < logits.size(); ++k) largest = std::max(largest, logits[k]);
    for (index_t k = 0; k < logits.size(); ++k) {
        const T value = std::exp(logits[k] - largest);
        take(k, value);
        sum += value;
    }
    return {largest, sum};
}

}  // namespace detail

/// q := softmax(z), K numbers, and returns logsumexp(z). Nothing is allocated.
template <class T>
T softmax(const vector_view<T>& logits, vector_span<T> q) {
    const auto [largest, sum] = detail::sum_of_exp<T>(logits, [&](index_t k, T value) { q[k] = value; });
    q /= sum;
    return std::log(sum) + largest;
}

/// softmax(z).
template <class T>
vector<T> softmax(const vector_view<T>& logits) {
    vector<T> q(logits.size());
    softmax<T>(logits, q);
    return q;
}

/// Cross-entropy of softmax(z) and the label, -log q_y in nats. Throws argument_error unless there is a logit for the
/// label.
template <class T>
T cross_entropy(const vector_view<T>& logits, int label) {
    require_label(label, logits.size(), "cross_entropy");
    const auto [largest, sum] = detail::sum_of_exp<T>(logits, [](index_t, T) {});
    return std::log(sum) + largest - logits[label];
}

/// The same, and its gradient by the logits: error := softmax(z) - p, K numbers. The target p is one-hot(label), or
/// with `smoothing` s (Szegedy et al. 2016) 1 - s + s / K at the label and s / K elsewhere. Nothing is allocated.
/// Throws argument_error unless there is a logit for the label.
template <class T>
T cross_entropy(const vector_view<T>& logits, int label, vector_span<T> error, T smoothing = T(0)) {
    require_label(label, logits.size(), "cross_entropy");
    require(error.size() == logits.size(), "cross_entropy", "length of the gradient", error.size(), logits.size());
    const T log_sum = softmax<T>(logits, error);
    error[label] -= T(1) - smoothing;
    const T loss = log_sum - logits[label];
    if (smoothing == 0) return loss;
    error.array() -= smoothing / static_cast<T>(logits.size());
    const T sum = std::accumulate(logits.data(), logits.data() + logits.size(), T(0));
    return (1 - smoothing) * loss + smoothing * (log_sum - sum / static_cast<T>(logits.size()));
}

/// || softmax(z) - one-hot(label) ||_2, in [0, sqrt(2)]: the paper's other measure of difficulty and, early in
/// training, EL2N. Throws argument_error unless there is a logit for the label.
template <class T>
T error_norm(const vector_view<T>& logits, int label) {
    require_label(label, logits.size(), "error_norm");
    vector<T> error = softmax<T>(logits);
    error[label] -= T(1);
    return error.norm();
}

/// Index of the largest logit, the first of equal ones.
template <class T>
int predicted_class(const vector_view<T>& logits) {
    index_t best = 0;
    logits.maxCoeff(&best);
    return static_cast<int>(best);
}

}  // namespace lpntk
