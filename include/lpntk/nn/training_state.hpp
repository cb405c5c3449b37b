#pragma once

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Where a training stands, beside the network's own weights and statistics: what train() needs to go on as if it had
/// not been interrupted. A value; as made it stands at the beginning.
template <class T>
struct training_state {
    index_t steps = 0;   ///< that were taken
    vector<T> velocity;  ///< of SGD with momentum, P numbers; empty before the first step

    /// Of all numbers.
    bool operator==(const training_state& other) const {
        return steps == other.steps && velocity.size() == other.velocity.size() && velocity == other.velocity;
    }
};

}  // namespace lpntk::nn
