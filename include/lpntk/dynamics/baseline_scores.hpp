#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/model/losses.hpp"
#include "lpntk/nn/train.hpp"

/// Scores of samples that other methods prune by (spec section 6); GraNd and NTK norms are in kernel/feature_norms.hpp.
namespace lpntk {

/// EL2N (Paul et al. 2021): || p(y) - softmax(z) ||_2 of each sample, in [0, sqrt(2)]. `logits` is N x K.
/// Throws argument_error for bad labels or lengths.
template <class T>
vector<T> el2n(const matrix_view<T>& logits, std::span<const int> labels) {
    require(static_cast<index_t>(labels.size()) == logits.rows(), "el2n", "number of labels", labels.size(),
            logits.rows());
    require_labels(labels, static_cast<int>(logits.cols()), "el2n");
    vector<T> scores(logits.rows());
    for (index_t i = 0; i < scores.size(); ++i)
        scores[i] = error_norm<T>(row_of<T>(logits, i), labels[static_cast<std::size_t>(i)]);
    return scores;
}

/// Mean of score(seed) for `count` seeds from first_seed on: EL2N and GraNd are averaged over networks, each from an
/// initialisation of its own and trained for a few epochs. `score` returns a vector<T>, of the same length each time.
///
///     const auto scores = lpntk::mean_score<float>(5, seed, [&](std::uint64_t s) {
///         auto net = nn::lenet<float>(s);
///         nn::train(net, data, {.epochs = 2, .seed = s});
///         return lpntk::feature_norms(net, data, lpntk::loss_gradient{});
///     });
template <class T, class Score>
vector<T> mean_score(index_t count, std::uint64_t first_seed, Score&& score) {
    require(count >= 1, "mean_score", "count", count, ">= 1");
    vector<T> sum = score(first_seed);
    for (index_t i = 1; i < count; ++i) {
        const vector<T> next = score(first_seed + static_cast<std::uint64_t>(i));
        require(next.size() == sum.size(), "mean_score", "length of a score", next.size(), sum.size());
        sum += next;
    }
    return sum / static_cast<T>(count);
}

/// Forgetting score (Toneva et al. 2019): how often a sample goes from right to wrong between its consecutive
/// presentations, counted while training; infinite for a sample that was never right.
///
///     lpntk::forgetting_score score(data.labels);
///     nn::train(net, data, {.after_step = std::ref(score)});
///     score.values();
class forgetting_score {
public:
    explicit forgetting_score(std::vector<int> labels)
        : labels_(std::move(labels)), forgotten_(labels_.size(), 0), was_right_(labels_.size(), 0),
          learned_(labels_.size(), 0) {}

    /// Each sample of the batch as it was presented: before the update, with dropout.
    template <class T>
    void operator()(const train_step<T>& step) {
        for (std::size_t i = 0; i < step.batch.size(); ++i) {
            const auto sample = static_cast<std::size_t>(step.batch[i]);
            const matrix_view<T> logits(step.logits);
            present(sample, predicted_class<T>(row_of<T>(logits, static_cast<index_t>(i))) == labels_.at(sample));
        }
    }

    /// One presentation of a sample.
    void present(std::size_t sample, bool right) {
        forgotten_.at(sample) += was_right_[sample] && !right;
        was_right_[sample] = right;
        learned_[sample] |= right;
    }

    /// N scores.
    std::vector<double> values() const {
        std::vector<double> scores(labels_.size());
        for (std::size_t i = 0; i < scores.size(); ++i)
            scores[i] = learned_[i] ? static_cast<double>(forgotten_[i]) : std::numeric_limits<double>::infinity();
        return scores;
    }

private:
    std::vector<int> labels_, forgotten_;
    std::vector<char> was_right_, learned_;
};

}  // namespace lpntk
