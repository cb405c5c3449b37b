#pragma once

#include <span>

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
};

}  // namespace lpntk
