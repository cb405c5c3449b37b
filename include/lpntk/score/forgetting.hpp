#pragma once

#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/train_step.hpp"
#include "lpntk/score/scores.hpp"

namespace lpntk::inline LPNTK_TARGET::score {

/// Forgetting (Toneva et al. 2019): how often a sample goes from right to wrong between its consecutive presentations,
/// counted while training; infinite for a sample that was never right. High for a sample that is hard to keep.
///
///     lpntk::score::forgetting forgetting(train.labels);
///     nn::train(net, train, {.after_step = std::ref(forgetting)});
///     forgetting.values();
///
/// Right is a sample whose largest logit, the first of equal ones, is at its label. For one thread.
class forgetting {
public:
    /// Throws argument_error for a label below 0.
    explicit forgetting(std::vector<int> labels) : labels_(std::move(labels)), samples_(labels_.size()) {
        for (std::size_t i = 0; i < labels_.size(); ++i)
            if (labels_[i] < 0) require(false, name, "labels[" + std::to_string(i) + "]", labels_[i], ">= 0");
    }

    /// Each sample of the batch as it was presented: before the update, with dropout. Throws argument_error for a
    /// sample without a label, a label without a logit, another number of logits or labels than samples; numeric_error
    /// for logits that are not finite.
    template <class T>
    void operator()(const train_step<T>& step) {
        const std::span<const index_t> batch = step.batch;
        require_labels_of(step, static_cast<index_t>(labels_.size()), name);
        require(static_cast<index_t>(batch.size()) == step.logits.rows(), name, "rows of the logits",
                step.logits.rows(), "the samples of the batch, " + std::to_string(batch.size()));
        for (std::size_t row = 0; row < batch.size(); ++row) {
            const int label = label_of(batch[row]);
            if (label >= step.logits.cols())
                require(false, name, "labels[" + std::to_string(batch[row]) + "]", label,
                        "in [0, " + std::to_string(step.logits.cols()) + "), the logits");
            if (!all_finite(step.logits.row(static_cast<index_t>(row)).data(), step.logits.cols()))
                throw numeric_error(std::string(name) + ": logits of sample " + std::to_string(batch[row]) +
                                    " hold NaN or infinity");
            index_t best = 0;
            step.logits.row(static_cast<index_t>(row)).maxCoeff(&best);
            present(batch[row], best == label);
        }
    }

    /// One presentation of a sample. Throws argument_error for a sample without a label.
    void present(index_t sample, bool right) {
        label_of(sample);
        history& seen = samples_[static_cast<std::size_t>(sample)];
        seen.forgotten += seen.was_right && !right;
        seen.was_right = right;
        seen.learned |= right;
    }

    /// N scores so far.
    scores values() const {
        constexpr double never = std::numeric_limits<double>::infinity();
        scores found;
        for (const history& seen : samples_)
            found.push_back(seen.learned ? static_cast<double>(seen.forgotten) : never);
        return found;
    }

private:
    struct history {
        index_t forgotten = 0;
        bool was_right = false;
        bool learned = false;
    };
    static constexpr const char* name = "score::forgetting";

    int label_of(index_t sample) const {
        if (sample < 0 || sample >= static_cast<index_t>(labels_.size()))
            require(false, name, "sample", sample, "in [0, " + std::to_string(labels_.size()) + "), the labels");
        return labels_[static_cast<std::size_t>(sample)];
    }

    std::vector<int> labels_;
    std::vector<history> samples_;
};

}  // namespace lpntk::score
