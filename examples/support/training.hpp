#pragma once

#include <cstdint>

#include <lpntk/nn/train.hpp>

#include "support/networks.hpp"

namespace examples {

/// The training that the pruning programs share: SGD with momentum 0.9, the network's learning rate falling as a
/// cosine, weight decay 5e-4, batches of 64. The seed orders the samples and draws dropout and augmentation.
inline lpntk::nn::train_options<float> standard_training(const network_kind& network, int epochs, std::uint64_t seed,
                                                         int threads) {
    return {.epochs = epochs,
            .learning_rate = network.learning_rate,
            .batch = 64,
            .rate_by_epoch = lpntk::nn::cosine_decay(epochs),
            .augment = network.augment,
            .seed = seed,
            .threads = threads};
}

}  // namespace examples
