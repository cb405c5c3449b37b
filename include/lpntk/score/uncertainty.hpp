#pragma once

#include <algorithm>
#include <cmath>

#include "lpntk/core/types.hpp"
#include "lpntk/score/logit_score.hpp"

/// How unsure the network is of a sample, whatever its label (Settles, Active Learning Literature Survey, 2009).
/// All are 0 for a sure prediction and for K = 1, and largest when all classes are equally likely.
namespace lpntk::inline LPNTK_TARGET::score {

namespace rules {

/// 1 minus the largest probability.
struct least_confidence {
    static constexpr const char* name = "score::least_confidence";  ///< what errors name
    /// In [0, 1 - 1/K]; keeps its digits where the network is nearly sure.
    double operator()(const prediction& q) const { return q.of_others(q.best()); }
};
static_assert(unlabelled_rule<least_confidence>);

/// 1 minus the distance between the two largest probabilities.
struct margin {
    static constexpr const char* name = "score::margin";  ///< what errors name
    /// In [0, 1]; O(K).
    double operator()(const prediction& q) const {
        double second = 0;
        for (index_t k = 0; k < q.classes(); ++k)
            if (k != q.best()) second = std::max(second, q[k]);
        return q.of_others(q.best()) + second;
    }
};
static_assert(unlabelled_rule<margin>);

/// - sum of q_k log q_k, in nats.
struct entropy {
    static constexpr const char* name = "score::entropy";  ///< what errors name
    /// In [0, log K]; keeps its digits where the network is nearly sure.
    double operator()(const prediction& q) const {
        return -std::log1p(-q.of_others(q.best())) - q.probabilities().dot(q.logits_below_best());
    }
};
static_assert(unlabelled_rule<entropy>);

}  // namespace rules

/// 1 - max_k q_k, in [0, 1 - 1/K].
///
///     score::least_confidence{}(net, data)        score::least_confidence{}(logits)
using least_confidence = logit_score<rules::least_confidence>;

/// 1 - (q of the most likely class - q of the second), in [0, 1]: high when two classes compete.
using margin = logit_score<rules::margin>;

/// - sum_k q_k log q_k in nats, in [0, log K].
using entropy = logit_score<rules::entropy>;

}  // namespace lpntk::score
