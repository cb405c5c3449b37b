#pragma once

#include "lpntk/core/types.hpp"
#include "lpntk/score/logit_score.hpp"

namespace lpntk::inline LPNTK_TARGET::score {

/// What logit_score makes of one prediction, one number each; errors name the score, not the rule.
namespace rules {

/// || q - one-hot(y) ||_2 (Paul et al. 2021).
struct el2n {
    static constexpr const char* name = "score::el2n";  ///< what errors name
    /// `label` in [0, K), unchecked; keeps its digits for a sure and right prediction.
    double operator()(const prediction& q, int label) const {
        vector<double> error = q.probabilities();
        error[label] = q.of_others(label);
        return error.norm();
    }
};
static_assert(labelled_rule<el2n>);

}  // namespace rules

/// EL2N (Paul et al. 2021): || softmax(z) - one-hot(y) ||_2, in [0, sqrt(2)]; high for a sample that the network
/// predicts far from its label. To be taken early in training, as a mean over networks: mean_score.
///
///     score::el2n{}(net, train)        score::el2n{}(logits, labels)
using el2n = logit_score<rules::el2n>;

}  // namespace lpntk::score
