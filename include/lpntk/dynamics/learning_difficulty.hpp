#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/model/losses.hpp"
#include "lpntk/model/train_step.hpp"

namespace lpntk {

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
///     .after_step = [&](const auto& step) { if (step.epoch_ends) difficulty.add_epoch<float>(net.logits(data.inputs)); }
class learning_difficulty {
public:
    explicit learning_difficulty(std::vector<int> labels, difficulty_measure measure = difficulty_measure::cross_entropy)
        : labels_(std::move(labels)), measure_(measure), sums_(labels_.size(), 0.0) {}

    /// The losses of one batch. Throws argument_error for a sample that has no label, a label that has no logit.
    template <class T>
    void operator()(const train_step<T>& step) {
        const matrix_view<T> logits(step.logits);
        for (const index_t i : step.batch)
            if (i < 0 || i >= static_cast<index_t>(labels_.size()))
                require(false, "learning_difficulty", "sample", i, "in [0, " + std::to_string(labels_.size()) + ")");
        for (std::size_t i = 0; i < step.batch.size(); ++i)
            add(static_cast<std::size_t>(step.batch[i]), row_of<T>(logits, static_cast<index_t>(i)));
    }

    /// One epoch's logits of all samples, N x K. Throws argument_error for other sizes, a label that has no logit.
    template <class T>
    void add_epoch(const matrix_view<T>& logits) {
        require(logits.rows() == static_cast<index_t>(labels_.size()), "learning_difficulty::add_epoch", "rows of logits",
                logits.rows(), labels_.size());
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
        sums_[sample] += loss_of<T>(logits, label, measure_);
    }

    std::vector<int> labels_;
    difficulty_measure measure_;
    std::vector<double> sums_;
};

/// The universal set of the paper's figures 1, 4 and 5, and its recursive splits: part p of level l splits into parts
/// 4p ... 4p + 3 of level l + 1, disjoint, with a quarter of its samples of every class.
struct recursive_split {
    std::vector<index_t> per_class;                          ///< of a part, by level: n, n/4, ..., 1
    std::vector<std::vector<std::vector<index_t>>> parts;    ///< level, part, indices into the data, ascending

    std::size_t levels() const { return per_class.size(); }
    const std::vector<index_t>& universe() const { return parts.front().front(); }
};

/// Draws per_class samples of every class and splits them until a part has one (or up to three) of each; what does not
/// divide by four stays out of the smaller parts. Repeatable by seed. Throws argument_error when a class has fewer
/// samples.
inline recursive_split split_recursively(std::span<const int> labels, int classes, index_t per_class,
                                         std::uint64_t seed) {
    require(per_class >= 1, "split_recursively", "per_class", per_class, ">= 1");
    auto members = indices_by_class(labels, classes);
    for (std::size_t c = 0; c < members.size(); ++c) {
        const auto size = static_cast<index_t>(members[c].size());
        require(size >= per_class, "split_recursively", "samples of class " + std::to_string(c), size,
                ">= per_class, " + std::to_string(per_class));
        random_stream(seed, c).shuffle(members[c]);
    }
    recursive_split split;
    std::vector<index_t> starts{0};  // of the parts of a level, the same in each class
    for (index_t size = per_class; size >= 1; size /= 4) {
        split.per_class.push_back(size);
        auto& level = split.parts.emplace_back();
        std::vector<index_t> next;
        for (const index_t start : starts) {
            auto& part = level.emplace_back();
            for (const auto& own : members) part.insert(part.end(), own.begin() + start, own.begin() + start + size);
            std::sort(part.begin(), part.end());
            for (index_t child = 0; child < 4; ++child) next.push_back(start + child * (size / 4));
        }
        starts = std::move(next);
    }
    return split;
}

}  // namespace lpntk
