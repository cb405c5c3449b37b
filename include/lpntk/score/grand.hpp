#pragma once

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/feature_norms.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/score/scores.hpp"

namespace lpntk::inline LPNTK_TARGET::score {

/// GraNd (Paul et al. 2021): the norm of the gradient of a sample's cross-entropy by the weights; high for a sample
/// that moves the network far. To be taken early in training, as a mean over networks: mean_score.
///
///     score::grand{}(net, train)
///
/// One backward pass a sample, no gradient is kept. The same bits for any number of threads; throws as feature_norms
/// does.
struct grand {
    index_t batch = 16;    ///< samples of one backward pass
    int threads = 0;       ///< 0: all
    progress report = {};  ///< told after each batch

    /// N norms, >= 0, by the labels of the dataset.
    template <jacobian_provider Model>
    scores operator()(const Model& model, const dataset<typename Model::scalar>& data) const {
        const auto norms =
            feature_norms(model, data, loss_gradient{}, {.batch = batch, .threads = threads, .report = report});
        return {norms.begin(), norms.end()};
    }
};

}  // namespace lpntk::score
