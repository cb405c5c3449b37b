#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/losses.hpp"
#include "lpntk/model/train_step.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// How far a prediction is from its label.
enum class difficulty_measure {
    cross_entropy,  ///< -log q_y, in nats
    error_norm      ///< || softmax(z) - one-hot(y) ||_2
};

/// One sample's loss by the measure. Throws argument_error unless there is a logit for the label.
template <class T>
double loss_of(const vector_view<T>& logits, int label, difficulty_measure measure) {
    return static_cast<double>(measure == difficulty_measure::cross_entropy ? cross_entropy<T>(logits, label)
                                                                            : error_norm<T>(logits, label));
}

/// Learning difficulty of each training sample: its loss summed over the epochs of training (paper section 3).
///
///     lpntk::learning_difficulty difficulty(data.labels);
///     nn::train(net, data, {.after_step = std::ref(difficulty)});
///     difficulty.values();
///
/// Plugged in like this it sums the losses that training meets: each sample's once an epoch, before the
/// update and with dropout active; free of cost. To take them at the end of each epoch and without dropout, one forward
/// pass of the data more, call instead
///     .after_step = [&](const auto& step) { if (step.epoch_ends) difficulty.add_epoch<float>(net.logits(data.inputs));
///     }
class learning_difficulty {
public:
    /// N labels, checked when they are used. Both measures are >= 0, error_norm at most sqrt(2) a presentation.
    explicit learning_difficulty(std::vector<int> labels,
                                 difficulty_measure measure = difficulty_measure::cross_entropy)
        : labels_(std::move(labels)), measure_(measure), sums_(labels_.size(), 0.0) {}

    /// The losses of one batch. Throws argument_error for a sample that has no label, a label that has no logit,
    /// another number of labels than training has samples; numeric_error for logits that are not finite.
    template <class T>
    void operator()(const train_step<T>& step) {
        const matrix_view<T> logits(step.logits);
        require_labels_of(step, static_cast<index_t>(labels_.size()), "learning_difficulty");
        for (const index_t i : step.batch)
            require_index(i, static_cast<index_t>(labels_.size()), "learning_difficulty", "sample");
        for (std::size_t i = 0; i < step.batch.size(); ++i)
            add(static_cast<std::size_t>(step.batch[i]), row_of<T>(logits, static_cast<index_t>(i)));
    }

    /// One epoch's logits of all samples, N x K. Throws argument_error for other sizes, a label that has no logit;
    /// numeric_error for logits that are not finite.
    template <class T>
    void add_epoch(const matrix_view<T>& logits) {
        require(logits.rows() == static_cast<index_t>(labels_.size()), "learning_difficulty::add_epoch",
                "rows of logits", logits.rows(), labels_.size());
        for (std::size_t i = 0; i < labels_.size(); ++i) add(i, row_of<T>(logits, static_cast<index_t>(i)));
    }

    /// N sums so far.
    const std::vector<double>& values() const { return sums_; }

private:
    template <class T>
    void add(std::size_t sample, const Eigen::Map<const vector<T>>& logits) {
        const int label = labels_[sample];
        if (label < 0 || label >= logits.size())
            require(false, "learning_difficulty", "labels[" + std::to_string(sample) + "]", label,
                    "in [0, " + std::to_string(logits.size()) + "), the logits");
        if (!all_finite(logits.data(), logits.size()))
            throw numeric_error("learning_difficulty: logits of sample " + std::to_string(sample) +
                                " hold NaN or infinity");
        sums_[sample] += loss_of<T>(logits, label, measure_);
    }

    std::vector<int> labels_;
    difficulty_measure measure_;
    std::vector<double> sums_;
};

}  // namespace lpntk
