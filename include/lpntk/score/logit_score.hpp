#pragma once

#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/logits.hpp"
#include "lpntk/score/scores.hpp"

namespace lpntk::inline LPNTK_TARGET::score {

/// What a network says of one sample: q = softmax(z), in double whatever the logits are. Stable for any finite logits.
class prediction {
public:
    /// Of K >= 1 finite logits.
    explicit prediction(const vector<double>& logits) {
        logits.maxCoeff(&best_);
        below_best_ = (logits.array() - logits[best_]).max(lowest);
        q_ = below_best_.unaryExpr([](double below) { return std::exp(below); });
        q_ /= q_.sum();
    }

    index_t classes() const { return q_.size(); }                            ///< K
    index_t best() const { return best_; }                                   ///< the first of the most likely classes
    double operator[](index_t k) const { return q_[k]; }                     ///< q_k
    const vector<double>& probabilities() const { return q_; }               ///< q
    const vector<double>& logits_below_best() const { return below_best_; }  ///< z - max z, in [-1000, 0]

    /// 1 - q_k as the sum of the other probabilities: it keeps its digits when q_k is nearly 1.
    double of_others(index_t k) const { return q_.head(k).sum() + q_.tail(q_.size() - 1 - k).sum(); }

private:
    static constexpr double lowest = -1000;  // exp() of it is 0, and 0 times it is not NaN

    index_t best_ = 0;
    vector<double> below_best_, q_;
};

/// A rule that needs the sample's label.
template <class Rule>
concept labelled_rule = requires(const Rule& rule, const prediction& of, int label) {
    { Rule::name } -> std::convertible_to<std::string_view>;
    { rule(of, label) } -> std::convertible_to<double>;
};
/// A rule that needs no label.
template <class Rule>
concept unlabelled_rule = requires(const Rule& rule, const prediction& of) {
    { Rule::name } -> std::convertible_to<std::string_view>;
    { rule(of) } -> std::convertible_to<double>;
};

/// The score that a rule makes of each sample's prediction. A score of your own is a rule of your own:
///
///     struct loss_rule {
///         static constexpr const char* name = "my::loss";      // what errors name
///         double operator()(const lpntk::score::prediction& q, int label) const { return -std::log(q[label]); }
///     };
///     using loss = lpntk::score::logit_score<loss_rule>;       // loss{}(net, train)
///
/// Throws argument_error for another number of labels than rows, a label outside [0, K); numeric_error naming the
/// sample whose logits are not finite. O(N K) besides the logits. Thread-safe.
template <class Rule>
    requires(labelled_rule<Rule> || unlabelled_rule<Rule>)
struct logit_score {
    int threads = 0;  ///< that compute a model's logits; 0: all

    /// Of logits, N x K, and N labels.
    template <class Logits>
    scores operator()(const Eigen::MatrixBase<Logits>& logits, std::span<const int> labels) const {
        require(static_cast<index_t>(labels.size()) == logits.rows(), Rule::name, "number of labels", labels.size(),
                "the number of rows of logits, " + std::to_string(logits.rows()));
        require_labels(labels, static_cast<int>(logits.cols()), Rule::name);
        return of_rows(logits, labels);
    }

    /// Without labels, when the rule needs none.
    template <class Logits>
        requires unlabelled_rule<Rule>
    scores operator()(const Eigen::MatrixBase<Logits>& logits) const {
        return of_rows(logits, {});
    }

    /// Of a model's logits for the samples of a dataset, one forward pass each, without dropout. The labels may be
    /// missing when the rule needs none.
    template <class Model>
        requires gives_logits<Model> || has_batched_logits<Model>
    scores operator()(const Model& model, const dataset<typename Model::scalar>& data) const {
        require_shape(data, model, Rule::name);
        const auto logits = logits_of(model, data.inputs, threads);
        if constexpr (unlabelled_rule<Rule>)
            return (*this)(logits);
        else
            return (*this)(logits, data.labels);
    }

private:
    template <class Logits>
    static scores of_rows(const Eigen::MatrixBase<Logits>& logits, [[maybe_unused]] std::span<const int> labels) {
        using T = typename Logits::Scalar;
        require(logits.cols() >= 1, Rule::name, "number of logits of a sample", logits.cols(), ">= 1");
        const matrix_view<T> rows = logits;
        require_finite<T>(rows, Rule::name, "logits");
        scores values;
        values.reserve(static_cast<std::size_t>(rows.rows()));
        for (index_t i = 0; i < rows.rows(); ++i) {
            const prediction of(row_of<T>(rows, i).template cast<double>());
            if constexpr (unlabelled_rule<Rule>)
                values.push_back(Rule{}(of));
            else
                values.push_back(Rule{}(of, labels[static_cast<std::size_t>(i)]));
        }
        return values;
    }
};

}  // namespace lpntk::score
