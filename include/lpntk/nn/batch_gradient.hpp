#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/model/losses.hpp"
#include "lpntk/nn/trainable.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// The mean cross-entropy of a batch and its gradient, with the buffers to compute them again and again: a sum of
/// pullbacks of the errors, in one pass, with its bits and at its cost.
template <trainable Network>
class batch_gradient {
public:
    using scalar = typename Network::scalar;  ///< of the network: float or double

    /// `label_smoothing` is cross_entropy's, in [0, 1].
    explicit batch_gradient(scalar label_smoothing = 0) : label_smoothing_(label_smoothing) {}

    /// gradient() := d(mean loss)/dw (length P) for the rows of `inputs`; logits() and losses() are of the same pass.
    /// With `dropout_seed` the pass is one of training: dropout draws from streams named by it.
    /// Throws argument_error for no samples, a label that has no logit, lengths that do not match.
    void compute(const Network& net, matrix_view<scalar> inputs, std::span<const int> labels, int threads,
                 std::optional<std::uint64_t> dropout_seed = {}) {
        const char* const here = "batch_gradient::compute";
        const index_t samples = inputs.rows();
        require(samples >= 1, here, "number of samples", samples, ">= 1");
        require(static_cast<index_t>(labels.size()) == samples, here, "number of labels", labels.size(),
                "the number of samples, " + std::to_string(samples));
        require_labels(labels, static_cast<int>(net.outputs()), here);
        logits_.resize(samples, net.outputs());
        losses_.resize(samples);
        gradient_.resize(net.parameters());
        const auto errors = [&](index_t first, const matrix_view<scalar>& z, matrix_span<scalar> u) {
            logits_.middleRows(first, z.rows()) = z;
            for (index_t n = 0; n < z.rows(); ++n) {
                auto error = row_of<scalar>(u, n);
                losses_[first + n] = cross_entropy<scalar>(
                    row_of<scalar>(z, n), labels[static_cast<std::size_t>(first + n)], error, label_smoothing_);
                error /= static_cast<scalar>(samples);
            }
        };
        net.summed_pullback(buffers_, inputs, errors, gradient_, threads, dropout_seed);
    }

    /// Has the network take over the running statistics that the last pass of training has seen, if it has any.
    void update_statistics(Network& net) const {
        if constexpr (holds_statistics<Network>) net.set_statistics(buffers_.observed());
    }

    const vector<scalar>& gradient() const { return gradient_; }  ///< P
    const matrix<scalar>& logits() const { return logits_; }      ///< b x K, before the update
    const vector<scalar>& losses() const { return losses_; }      ///< b, cross-entropy

private:
    scalar label_smoothing_;
    typename Network::sum_workspace buffers_;
    vector<scalar> gradient_, losses_;
    matrix<scalar> logits_;
};

}  // namespace lpntk::nn
