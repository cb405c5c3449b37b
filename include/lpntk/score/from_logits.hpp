#pragma once

#include <span>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/score/el2n.hpp"
#include "lpntk/score/scores.hpp"
#include "lpntk/score/uncertainty.hpp"

namespace lpntk::inline LPNTK_TARGET::score {

/// Every score that logits (N x K) and labels give, for a table of them. Throws as they do.
template <class Logits>
std::vector<named> from_logits(const Eigen::MatrixBase<Logits>& logits, std::span<const int> labels) {
    return {{"EL2N", el2n{}(logits, labels)},
            {"least confidence", least_confidence{}(logits, labels)},
            {"margin", margin{}(logits, labels)},
            {"entropy", entropy{}(logits, labels)}};
}

}  // namespace lpntk::score
