#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/output_probe.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/losses.hpp"

/// Kernels differ only in the cotangent u that contracts the Jacobian. A cotangent is any callable (a struct of
/// cotangents.hpp, or a lambda) with one of three signatures, tried in this order; the signature says what it needs:
///
///     f(u)                    plain_cotangent    the same for every sample
///     f(label, u)             label_cotangent    int label
///     f(logits, label, u)     logit_cotangent    vector_view<T> logits; the model must have logits
///
/// with u a vector_span<T> of length K to fill (not a vector by value). It is called from several threads at once, so
/// it must not change state.
namespace lpntk::inline LPNTK_TARGET {

/// f(u): works without labels and without logits.
template <class Cotangent, class T>
concept plain_cotangent = std::invocable<const Cotangent&, vector_probe<T>&>;

/// f(label, u): needs the labels; `u` has the length K.
template <class Cotangent, class T>
concept label_cotangent = std::invocable<const Cotangent&, int, vector_probe<T>&>;

/// f(logits, label, u): needs the labels and a model that gives logits.
template <class Cotangent, class T>
concept logit_cotangent = std::invocable<const Cotangent&, const vector_view<T>&, int, vector_probe<T>&>;

/// A callable with any of the three signatures.
template <class Cotangent, class T>
concept cotangent_for = plain_cotangent<Cotangent, T> || label_cotangent<Cotangent, T> || logit_cotangent<Cotangent, T>;

/// Whether it looks at the label.
template <class Cotangent, class T>
inline constexpr bool needs_label_v = !plain_cotangent<Cotangent, T>;

/// Whether it looks at the logits: such a cotangent has the model run forward first.
template <class Cotangent, class T>
inline constexpr bool needs_logits_v = !plain_cotangent<Cotangent, T> && !label_cotangent<Cotangent, T>;

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

/// A cotangent and the labels of N samples: fills the cotangents of any run of them. Refers to both.
template <class T, cotangent_for<T> Cotangent>
class labelled_cotangents {
public:
    /// `labels` may be empty when the cotangent needs none. Throws argument_error in the name of `function` for another
    /// number of labels than samples, or a label not in [0, outputs).
    labelled_cotangents(const Cotangent& cotangent, std::span<const int> labels, index_t samples, index_t outputs,
                        std::string_view function)
        : cotangent_(cotangent), labels_(labels) {
        const bool unlabelled = labels.empty() && !needs_label_v<Cotangent, T>;
        require(unlabelled || static_cast<index_t>(labels.size()) == samples, function, "number of labels",
                labels.size(), "the number of samples, " + std::to_string(samples));
        require_labels(labels, static_cast<int>(outputs), function);
    }

    /// u := the cotangents of the samples first, first + 1, ..., one a row (b x K); logits are b x K, or b x 0 when
    /// nothing needs them.
    void operator()(index_t first, const matrix_view<T>& logits, matrix_span<T> u) const {
        for (index_t n = 0; n < u.rows(); ++n) {
            const int label = labels_.empty() ? 0 : labels_[static_cast<std::size_t>(first + n)];
            apply_cotangent<T>(cotangent_, row_of<T>(logits, n), label, row_of<T>(u, n));
        }
    }

private:
    const Cotangent& cotangent_;
    std::span<const int> labels_;
};

}  // namespace lpntk
