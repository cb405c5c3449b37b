#pragma once

#include "lpntk/nn/train.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// What train_best() found.
struct best_epoch {
    index_t epoch = 0;               ///< counted from 0
    double validation_accuracy = 0;  ///< fraction of 1
};

/// Trains as train() and leaves in `net` the weights (and running statistics) of the epoch with the best accuracy on
/// `validation`, the first of equal ones (Guo et al., ICLR 2024, section 4: the model that lpNTK is computed from). The
/// validation costs one forward pass an epoch. Throws what train() throws, argument_error also for no epochs;
/// `how.after_step` is still called.
template <trainable Network>
best_epoch train_best(Network& net, const dataset<typename Network::scalar>& train_set,
                      const dataset<typename Network::scalar>& validation,
                      train_options<typename Network::scalar> how = {}) {
    using T = typename Network::scalar;
    require_valid(validation, net, "train_best");
    require(how.epochs >= 1, "train_best", "epochs", how.epochs, ">= 1");
    best_epoch best{-1, 0};
    vector<T> best_state = detail::state_of(net);
    const auto observe = how.after_step;
    how.after_step = [&](const train_step<T>& step) {
        if (observe) observe(step);
        if (!step.epoch_ends) return;
        const double now = accuracy(net, validation, how.threads);
        if (best.epoch >= 0 && now <= best.validation_accuracy) return;
        best = {step.epoch, now};
        best_state = detail::state_of(net);
    };
    train(net, train_set, how);
    detail::set_state_of(net, best_state);
    return best;
}

}  // namespace lpntk::nn
