#pragma once

#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/finite.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/model/train_step.hpp"
#include "lpntk/nn/augment.hpp"
#include "lpntk/nn/batch_gradient.hpp"
#include "lpntk/nn/schedules.hpp"
#include "lpntk/nn/sgd.hpp"
#include "lpntk/nn/trainable.hpp"
#include "lpntk/nn/training_state.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// How to train; the fields are the options.
template <class T>
struct train_options {
    int epochs = 5;                                             ///< passes over the data, >= 0
    T learning_rate = T(0.05);                                  ///< times rate_by_epoch; finite
    index_t batch = 64;                                         ///< samples of a step, >= 1; a thread for each 16
    T momentum = T(0.9);                                        ///< of SGD, finite; 0: none
    T weight_decay = T(5e-4);                                   ///< of SGD, finite, on all weights and biases; 0: none
    T label_smoothing = T(0);                                   ///< in [0, 1]; see cross_entropy
    schedule rate_by_epoch = {};                                ///< none: constant
    augmentation<T> augment = {};                               ///< of each sample, anew in each epoch; none: as it is
    std::uint64_t seed = 0;                                     ///< of the order of the samples, augmentation, dropout
    int threads = 0;                                            ///< 0: all
    progress report = {};                                       ///< told the steps
    std::function<void(const train_step<T>&)> after_step = {};  ///< trackers plug in here; the weights are the new ones
};

namespace detail {

/// The samples of one epoch in random order, gathered batch by batch.
template <class T>
struct epoch_order {
    std::vector<index_t> order;
    std::vector<int> labels;
    matrix<T> inputs;

    void shuffle(index_t samples, std::uint64_t seed, std::uint64_t epoch) {
        order.resize(static_cast<std::size_t>(samples));
        std::iota(order.begin(), order.end(), index_t{0});
        random_stream(seed, epoch).shuffle(order);
    }

    std::span<const index_t> gather(const dataset<T>& data, index_t first, index_t count) {
        const std::span<const index_t> batch(order.data() + first, static_cast<std::size_t>(count));
        inputs.resize(count, data.inputs.cols());
        labels.clear();
        for (std::size_t i = 0; i < batch.size(); ++i) {
            inputs.row(static_cast<index_t>(i)) = data.inputs.row(batch[i]);
            labels.push_back(data.labels[static_cast<std::size_t>(batch[i])]);
        }
        return batch;
    }

    /// Changes the gathered inputs, each by a stream of its own: the same bits for any number of threads.
    void augment(const augmentation<T>& change, const image_shape& shape, std::span<const index_t> batch,
                 std::uint64_t seed, int threads) {
        parallel_for(inputs.rows(), threads, [&](index_t row, int) {
            Eigen::Map<vector<T>> sample(inputs.row(row).data(), inputs.cols());
            random_stream random(seed, static_cast<std::uint64_t>(row));
            change(sample, shape, random);
            if (!all_finite(sample.data(), sample.size()))
                throw numeric_error("train: augment makes NaN or infinity of sample " +
                                    std::to_string(batch[static_cast<std::size_t>(row)]));
        });
    }
};

}  // namespace detail

/// Minimises the mean cross-entropy by SGD, in batches drawn without replacement; the last batch of an epoch may be
/// smaller. Repeatable by seed, with the same bits for any number of threads. Throws argument_error for bad data or
/// options and numeric_error when the loss is no longer finite (the learning rate is too high, or the data is broken).
///
/// `state` is where the training stands: it goes on from there to the end of how.epochs, with the bits of a run that
/// was not interrupted, and keeps the state up to date, also for after_step. See pytorch/checkpoint.hpp for a file.
template <trainable Network>
void train(Network& net, const dataset<typename Network::scalar>& data,
           const train_options<typename Network::scalar>& how, training_state<typename Network::scalar>& state) {
    using T = typename Network::scalar;
    require_valid(data, net, "train");
    require(data.classes <= net.outputs(), "train", "classes of the data", data.classes, "<= outputs of the network");
    require(how.batch >= 1, "train", "batch", how.batch, ">= 1");
    require(how.epochs >= 0, "train", "epochs", how.epochs, ">= 0");
    require(is_finite(how.learning_rate), "train", "learning_rate", how.learning_rate, "finite");
    require(is_finite(how.momentum), "train", "momentum", how.momentum, "finite");
    require(is_finite(how.weight_decay), "train", "weight_decay", how.weight_decay, "finite");
    require(how.label_smoothing >= 0 && how.label_smoothing <= 1, "train", "label_smoothing", how.label_smoothing,
            "in [0, 1]");
    const index_t batches = (data.size() - 1) / how.batch + 1, total = batches * how.epochs, start = state.steps;
    require(start >= 0 && start <= total, "train", "steps of the state", start,
            "in [0, " + std::to_string(total) + "], all of this training");
    const index_t moving = state.velocity.size(), weights = net.mutable_weights().size();
    require(moving == weights || (moving == 0 && start == 0), "train", "length of the state's velocity", moving,
            "the number of weights, " + std::to_string(weights));
    sgd<T> optimiser{how.learning_rate, how.momentum, how.weight_decay, {}};
    batch_gradient<Network> gradient(how.label_smoothing);
    detail::epoch_order<T> samples;
    if (how.report) how.report(start, total);
    for (index_t step = start; step < total; ++step) {
        const index_t epoch = step / batches, first = step % batches * how.batch;
        if (first == 0 || step == start) samples.shuffle(data.size(), how.seed, static_cast<std::uint64_t>(epoch));
        const auto batch = samples.gather(data, first, std::min(how.batch, data.size() - first));
        random_stream random(how.seed, ~static_cast<std::uint64_t>(step));
        const std::uint64_t dropout_seed = random.bits();
        if (how.augment) samples.augment(how.augment, data.shape, batch, random.bits(), how.threads);
        gradient.compute(net, samples.inputs, samples.labels, how.threads, dropout_seed);
        if (!all_finite(gradient.losses().data(), gradient.losses().size()))
            throw numeric_error("train: the loss is not finite in step " + std::to_string(step) + ", epoch " +
                                std::to_string(epoch));
        gradient.update_statistics(net);
        const double at = static_cast<double>(step) / static_cast<double>(batches);
        const T factor = how.rate_by_epoch ? static_cast<T>(how.rate_by_epoch(at)) : T(1);
        optimiser.velocity.swap(state.velocity);
        optimiser.step(net.mutable_weights(), gradient.gradient(), factor, how.threads);
        optimiser.velocity.swap(state.velocity);
        state.steps = step + 1;
        if (how.after_step)
            how.after_step({step, epoch, first + how.batch >= data.size(), batch, gradient.logits(), gradient.losses(),
                            how.learning_rate * factor, gradient.gradient(), data.size()});
        if (how.report) how.report(step + 1, total);
    }
    const vector<T> numbers = detail::state_of(net);
    if (!all_finite(numbers.data(), numbers.size()))
        throw numeric_error("train: the weights are not finite after the last step");
}

/// The same from the beginning.
template <trainable Network>
void train(Network& net, const dataset<typename Network::scalar>& data,
           const train_options<typename Network::scalar>& how = {}) {
    training_state<typename Network::scalar> state;
    train(net, data, how, state);
}

/// Fraction of the samples whose largest logit is at their label, without dropout; of any model that gives its logits.
/// Throws argument_error for bad data and more classes than outputs, numeric_error naming a sample whose logits are not
/// finite.
template <class Network>
    requires gives_logits<Network> || has_batched_logits<Network>
double accuracy(const Network& net, const dataset<typename Network::scalar>& data, int threads = 0) {
    using T = typename Network::scalar;
    require_valid(data, net, "accuracy");
    const matrix<T> z = logits_of(net, data.inputs, threads);
    require(data.classes <= z.cols(), "accuracy", "classes of the data", data.classes, "<= outputs of the network");
    require_finite<T>(z, "accuracy", "logit vector");
    index_t right = 0;
    for (index_t i = 0; i < z.rows(); ++i)
        right += predicted_class<T>(row_of<T>(z, i)) == data.labels[static_cast<std::size_t>(i)];
    return static_cast<double>(right) / static_cast<double>(data.size());
}

}  // namespace lpntk::nn
