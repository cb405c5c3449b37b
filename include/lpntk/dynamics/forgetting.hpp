#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/dynamics/interaction.hpp"
#include "lpntk/model/logits.hpp"
#include "lpntk/model/losses.hpp"
#include "lpntk/model/train_step.hpp"
#include "lpntk/statistics/correlation.hpp"
#include "lpntk/statistics/detection_counts.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What forgetting_prediction saw in one step.
struct forgetting_step {
    index_t step = 0;         ///< of training, whose update the events are of
    detection_counts counts;  ///< of the samples that were right before the update
    index_t observed = 0;     ///< samples of the previous batch
};

/// Forgetting events and their prediction, while training (Guo et al., ICLR 2024, section 3; Toneva et al. 2019): a
/// sample of the previous batch is forgotten when it was right before the update on the current batch and is wrong
/// after it, dropout off. It is predicted to be when it is right and the largest entry of q + dq is not at its label,
/// dq = eta A(o) mean_u K(o,u) (p - q).
///
///     lpntk::forgetting_prediction seen(net, data);
///     nn::train(net, data, {.epochs = 1, .after_step = std::ref(seen)});
///     seen.counts().f1();
///
/// mean_u J(u)^T (p - q) is minus the gradient that training computed, dropout included: for plain SGD dq is then exact
/// to first order, and costs one forward-mode pass. Momentum and weight decay move the weights too, but are no part of
/// the formula. Keeps a copy of the model. `net` is the model being trained, any that can be copied and gives its
/// logits; it and `data` must outlive this.
template <jacobian_provider Model>
    requires gives_logits<Model> && std::copyable<Model>
class forgetting_prediction {
public:
    using scalar = typename Model::scalar;  ///< float or double, the model's

    /// Refers to `net` and `data`, and copies `net`. `threads` of the passes; 0: all.
    forgetting_prediction(const Model& net, const dataset<scalar>& data, int threads = 0)
        : net_(&net), data_(&data), threads_(threads), before_(net) {}
    forgetting_prediction(const Model&& net, const dataset<scalar>& data, int threads = 0) = delete;
    forgetting_prediction(const Model& net, const dataset<scalar>&& data, int threads = 0) = delete;

    /// After each step: a forward-mode pass and a forward pass of the previous batch, and a copy of the model.
    void operator()(const train_step<scalar>& step) {
        if (!previous_.empty()) compare(step);
        before_ = *net_;
        previous_.assign(step.batch.begin(), step.batch.end());
    }

    const std::vector<forgetting_step>& steps() const { return steps_; }  ///< one for each step but the first

    /// Over all steps so far.
    detection_counts counts() const {
        detection_counts sum;
        for (const forgetting_step& s : steps_) sum += s.counts;
        return sum;
    }

    /// Pearson correlation of predicted and true dq, over all classes, observed samples and steps.
    double delta_correlation() const { return deltas_.value(); }

    /// Mean over the steps of ||predicted - true dq|| / ||true dq|| (Frobenius norms of a step's n x K changes).
    double relative_error() const { return error_ / static_cast<double>(std::max<std::size_t>(steps_.size(), 1)); }

private:
    void compare(const train_step<scalar>& step) {
        const dataset<scalar> observed = subset(*data_, std::span<const index_t>(previous_));
        const vector<scalar> direction = -step.gradient;
        const auto predicted = predict_change<Model>(before_, observed.inputs, direction, step.learning_rate, threads_);
        matrix<scalar> change = logits_of(*net_, observed.inputs, threads_);
        forgetting_step& seen = steps_.emplace_back();
        seen.step = step.step;
        seen.observed = observed.size();
        for (index_t n = 0; n < change.rows(); ++n) {
            const vector<scalar> before = predicted.before.row(n),
                                 by_formula = before + predicted.change.row(n).transpose();
            const vector<scalar> after = softmax<scalar>(change.row(n).transpose());
            const int label = observed.labels[static_cast<std::size_t>(n)];
            const auto right = [&](const vector<scalar>& q) { return predicted_class<scalar>(q) == label; };
            if (right(before)) seen.counts.add(!right(by_formula), !right(after));
            change.row(n) = (after - before).transpose();
        }
        for (index_t i = 0; i < change.size(); ++i)
            deltas_.add(static_cast<double>(predicted.change.data()[i]), static_cast<double>(change.data()[i]));
        const double size = static_cast<double>(change.norm());
        if (size > 0) error_ += static_cast<double>((predicted.change - change).norm()) / size;
    }

    const Model* net_;
    const dataset<scalar>* data_;
    int threads_;
    Model before_;
    std::vector<index_t> previous_;
    std::vector<forgetting_step> steps_;
    running_correlation deltas_;
    double error_ = 0;
};

}  // namespace lpntk
