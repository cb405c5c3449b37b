#pragma once

#include <cmath>
#include <span>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/feature_norms.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/score/scores.hpp"

namespace lpntk::inline LPNTK_TARGET::score {

/// The norm of a sample in the trace NTK: sqrt of the mean over the logits k of |J(x)^T e_k|^2, whatever the label.
///
///     score::average_ntk_norm{}(net, train)     // the labels may be missing
///
/// K passes of feature_norms, one for each logit: K forward and K backward passes a sample. The same bits for any
/// number of threads; throws as feature_norms does.
struct average_ntk_norm {
    index_t batch = 16;    ///< samples of one backward pass
    int threads = 0;       ///< 0: all
    progress report = {};  ///< told the samples of all passes

    /// N norms, >= 0; throws argument_error for no samples.
    template <jacobian_provider Model>
    scores operator()(const Model& model, const dataset<typename Model::scalar>& data) const {
        require_shape(data, model, "score::average_ntk_norm");
        const auto outputs = static_cast<index_t>(model.outputs());
        scores sums(static_cast<std::size_t>(data.size()), 0.0);
        for (index_t k = 0; k < outputs; ++k) {
            batch_options how{.batch = batch, .threads = threads};
            if (report)
                how.report = [&](index_t done, index_t total) {
                    if (done < total || k + 1 == outputs) report(k * total + done, outputs * total);
                };
            const auto norms = feature_norms(model, data.inputs, std::span<const int>(), one_logit{.output = k}, how);
            for (index_t i = 0; i < norms.size(); ++i) {
                const auto norm = static_cast<double>(norms[i]);
                sums[static_cast<std::size_t>(i)] += norm * norm;
            }
        }
        for (double& sum : sums) sum = std::sqrt(sum / static_cast<double>(outputs));
        return sums;
    }
};

}  // namespace lpntk::score
