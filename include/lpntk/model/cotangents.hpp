#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "lpntk/model/cotangent.hpp"

/// The cotangents of the kernels that have names (cotangent.hpp says what a cotangent is).
namespace lpntk::inline LPNTK_TARGET {

/// lpNTK (Guo et al., ICLR 2024): u = s(y) / sqrt(K), +1 at the label and -1 elsewhere, of norm 1.
struct label_signs {
    /// K = u.size() >= 1. Throws argument_error when the label is not in [0, K).
    template <class T>
    void operator()(int label, vector_span<T> u) const {
        require_label(label, u.size(), "label_signs");
        const T size = T(1) / std::sqrt(static_cast<T>(u.size()));
        u.setConstant(-size);
        u[label] = size;
    }
};

/// pNTK (Mohamadi and Sutherland): u = 1 / sqrt(K), the same for every sample.
struct all_ones {
    /// K = u.size() >= 1, however the sample is labelled.
    template <class T>
    void operator()(vector_span<T> u) const {
        u.setConstant(T(1) / std::sqrt(static_cast<T>(u.size())));
    }
};

/// Loss-gradient kernel: u = p(y) - softmax(z), minus the gradient of the cross-entropy by the logits.
/// phi is then minus the gradient of the sample's loss by the weights, and |phi| is GraNd. Zero for K = 1.
/// Stable for any finite logits.
struct loss_gradient {
    /// K = u.size() finite logits. Throws argument_error when the label is not in [0, K).
    template <class T>
    void operator()(const vector_view<T>& logits, int label, vector_span<T> u) const {
        require_label(label, u.size(), "loss_gradient");
        softmax<T>(logits, u);
        u = -u;
        u[label] = T(0);
        u[label] = -u.sum();  // 1 - q_y, which keeps its digits when q_y is near 1
    }
};

/// The gradient of one logit: u = e_output. Throws argument_error when output is not in [0, K).
struct one_logit {
    index_t output = 0;  ///< which logit, in [0, K)

    /// K = u.size().
    template <class T>
    void operator()(vector_span<T> u) const {
        require_index(output, u.size(), "one_logit", "output");
        u.setZero();
        u[output] = T(1);
    }
};

/// The gradient of the margin, z_y minus the logsumexp of the other logits: 1 at the label, minus the softmax
/// of the others elsewhere. For K = 2 the margin is z_y - z_other; for K = 1, without others, z itself.
/// Stable for any finite logits.
struct margin {
    /// K = u.size() finite logits. Throws argument_error when the label is not in [0, K).
    template <class T>
    void operator()(const vector_view<T>& logits, int label, vector_span<T> u) const {
        require_label(label, u.size(), "margin");
        u = logits;
        u[label] = std::numeric_limits<T>::lowest();  // no share of the softmax
        softmax<T>(u, u);
        u *= T(-1);
        u[label] = T(1);
    }
};

static_assert(label_cotangent<label_signs, float> && plain_cotangent<all_ones, float> &&
              logit_cotangent<loss_gradient, float> && plain_cotangent<one_logit, float> &&
              logit_cotangent<margin, float>);

}  // namespace lpntk
