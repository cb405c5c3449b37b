#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/jacobian_provider.hpp"

/// The kernels of spec section 3 differ only in the cotangent u that contracts the Jacobian. A cotangent is
/// any callable (a struct below, or a lambda) with one of three signatures, tried in this order; the
/// signature says what it needs:
///
///     f(u)                    plain_cotangent    the same for every sample
///     f(label, u)             label_cotangent    int label
///     f(logits, label, u)     logit_cotangent    vector_view<T> logits; the model must have logits
///
/// with u a vector_span<T> of length K to fill. It is called from several threads at once, so it must not
/// change state.
namespace lpntk {

template <class Cotangent, class T>
concept plain_cotangent = std::invocable<const Cotangent&, vector_span<T>&>;

template <class Cotangent, class T>
concept label_cotangent = std::invocable<const Cotangent&, int, vector_span<T>&>;

template <class Cotangent, class T>
concept logit_cotangent = std::invocable<const Cotangent&, const vector_view<T>&, int, vector_span<T>&>;

/// A callable with any of the three signatures.
template <class Cotangent, class T>
concept cotangent_for =
    plain_cotangent<Cotangent, T> || label_cotangent<Cotangent, T> || logit_cotangent<Cotangent, T>;

template <class Cotangent, class T>
inline constexpr bool needs_label_v = !plain_cotangent<Cotangent, T>;

template <class Cotangent, class T>
inline constexpr bool needs_logits_v = !plain_cotangent<Cotangent, T> && !label_cotangent<Cotangent, T>;

/// Throws argument_error unless label is in [0, classes).
inline void require_label(int label, index_t classes, std::string_view function) {
    if (label < 0 || label >= classes)
        require(false, function, "label", label, "in [0, " + std::to_string(classes) + ")");
}

/// lpNTK (the paper's kernel): u = s(y) / sqrt(K), +1 at the label and -1 elsewhere, of norm 1.
struct label_signs {
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
    template <class T>
    void operator()(vector_span<T> u) const {
        u.setConstant(T(1) / std::sqrt(static_cast<T>(u.size())));
    }
};

/// Loss-gradient kernel: u = p(y) - softmax(z), minus the gradient of the cross-entropy by the logits.
/// phi is then minus the gradient of the sample's loss by the weights, and |phi| is GraNd. Zero for K = 1.
/// Stable for any finite logits.
struct loss_gradient {
    template <class T>
    void operator()(const vector_view<T>& logits, int label, vector_span<T> u) const {
        require_label(label, u.size(), "loss_gradient");
        u = (logits.array() - logits.maxCoeff()).exp().matrix();
        u /= -u.sum();
        u[label] = T(0);
        u[label] = -u.sum();  // 1 - q_y, which keeps its digits when q_y is near 1
    }
};

/// The gradient of one logit: u = e_output. Throws argument_error when output is not in [0, K).
struct one_logit {
    index_t output = 0;

    template <class T>
    void operator()(vector_span<T> u) const {
        if (output < 0 || output >= u.size())
            require(false, "one_logit", "output", output, "in [0, " + std::to_string(u.size()) + ")");
        u.setZero();
        u[output] = T(1);
    }
};

/// The gradient of the margin, z_y minus the logsumexp of the other logits: 1 at the label, minus the softmax
/// of the others elsewhere. For K = 2 the margin is z_y - z_other; for K = 1, without others, z itself.
/// Stable for any finite logits.
struct margin {
    template <class T>
    void operator()(const vector_view<T>& logits, int label, vector_span<T> u) const {
        require_label(label, u.size(), "margin");
        const index_t below = label;
        const index_t above = u.size() - 1 - below;
        T largest = -std::numeric_limits<T>::infinity();
        if (below > 0) largest = logits.head(below).maxCoeff();
        if (above > 0) largest = std::max(largest, logits.tail(above).maxCoeff());
        u = (logits.array() - largest).exp().matrix();
        u[label] = T(0);
        if (u.size() > 1) u /= -u.sum();
        u[label] = T(1);
    }
};

/// Fills u for one sample by whichever signature the cotangent has.
///
/// `logits` is read only by a logit_cotangent and may otherwise be empty. Throws argument_error when a label
/// that is needed is not in [0, K), or logits that are needed are not K numbers. Thread-safe.
template <class T, cotangent_for<T> Cotangent>
void apply_cotangent(const Cotangent& cotangent, const vector_view<T>& logits, int label, vector_span<T> u) {
    if constexpr (needs_label_v<Cotangent, T>) require_label(label, u.size(), "cotangent");
    if constexpr (plain_cotangent<Cotangent, T>) {
        cotangent(u);
    } else if constexpr (label_cotangent<Cotangent, T>) {
        cotangent(label, u);
    } else {
        require(logits.size() == u.size(), "cotangent", "number of logits", logits.size(), u.size());
        cotangent(logits, label, u);
    }
}

/// Fills the rows of u (b x K) for a batch; `logits` is b x K (b x 0 when nothing needs them), labels one a
/// row. Throws as apply_cotangent does, and when the number of labels is not b.
template <class T, cotangent_for<T> Cotangent>
void apply_cotangents(const Cotangent& cotangent, const matrix_view<T>& logits, std::span<const int> labels,
                      matrix_span<T> u) {
    require(static_cast<index_t>(labels.size()) == u.rows(), "cotangent", "number of labels", labels.size(),
            u.rows());
    for (index_t i = 0; i < u.rows(); ++i)
        apply_cotangent<T>(cotangent, row_of<T>(logits, i), labels[static_cast<std::size_t>(i)],
                           row_of<T>(u, i));
}

/// To be called first by whatever takes a model and a cotangent: when the two do not go together the compiler
/// stops here and says what is missing, instead of somewhere below.
template <class Model, class Cotangent>
constexpr void assert_cotangent() {
    static_assert(jacobian_provider<Model>,
                  "the model must have scalar, outputs(), parameters() and one of jacobian(x, j), "
                  "pullback(x, u, g), parts(...): see lpntk::jacobian_provider");
    if constexpr (jacobian_provider<Model>) {
        static_assert(
            cotangent_for<Cotangent, typename Model::scalar>,
            "a cotangent must be callable, when const, as f(u), f(label, u) or f(logits, label, u) with "
            "vectors of the model's scalar: see lpntk/model/cotangents.hpp");
        static_assert(!needs_logits_v<Cotangent, typename Model::scalar> || gives_logits<Model>,
                      "this cotangent reads the logits: give the model a member "
                      "void logits(lpntk::vector_view<scalar> x, lpntk::vector_span<scalar> z) const");
    }
}

}  // namespace lpntk
