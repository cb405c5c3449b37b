#pragma once

#include <cstdint>

#include <lpntk/nn/train.hpp>

namespace examples {

/// The training that the pruning programs share: SGD with momentum 0.9, learning rate 0.02 falling as a cosine,
/// weight decay 5e-4, batches of 64. The seed orders the samples and draws dropout.
inline lpntk::nn::train_options<float> standard_training(int epochs, std::uint64_t seed, int threads) {
    return {.epochs = epochs,
            .learning_rate = 0.02F,
            .batch = 64,
            .rate_by_epoch = lpntk::nn::cosine_decay(epochs),
            .seed = seed,
            .threads = threads};
}

}  // namespace examples
