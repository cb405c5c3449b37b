#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What training tells its observers after each step (nn::train does; a training loop of one's own can). All indices
/// are rows of the training set. Refers to numbers that live until the observer returns.
template <class T>
struct train_step {
    index_t step;                    ///< counted from 0 over all epochs
    index_t epoch;                   ///< counted from 0
    bool epoch_ends;                 ///< the last step of `epoch`
    std::span<const index_t> batch;  ///< samples of this step, in order
    const matrix<T>& logits;         ///< of the batch, before the update, dropout active
    const vector<T>& losses;         ///< of the batch, before the update
    T learning_rate;                 ///< of this step
    const vector<T>& gradient;       ///< P, of the mean loss, before the update, dropout active
    index_t samples = 0;             ///< N, of the training set; 0: not told
};

/// Throws argument_error, in the name of an observer, when it has other than one label for each sample of training.
template <class T>
void require_labels_of(const train_step<T>& step, index_t labels, std::string_view function) {
    require(step.samples == 0 || labels == step.samples, function, "number of labels", labels,
            "that of the training samples, " + std::to_string(step.samples));
}

}  // namespace lpntk
