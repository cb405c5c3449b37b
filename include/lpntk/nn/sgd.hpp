#pragma once

#include <algorithm>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Stochastic gradient descent with momentum and L2 weight decay (in the gradient, on all weights), as torch.optim.SGD:
///     v := momentum v + (g + weight_decay w),   w := w - rate v
template <class T>
struct sgd {
    T learning_rate = T(0.1);  ///< before the factor of a step
    T momentum = T(0);         ///< of the velocity, usually in [0, 1); nothing is checked
    T weight_decay = T(0);     ///< times w in the gradient; 0: none
    vector<T> velocity;        ///< P; starts at 0

    /// One step with learning_rate * factor. O(P), the same bits for any number of threads.
    void step(vector_span<T> weights, vector_view<T> gradient, T factor, int threads = 0) {
        require(gradient.size() == weights.size(), "sgd::step", "length of the gradient", gradient.size(),
                weights.size());
        if (velocity.size() != weights.size()) velocity.setZero(weights.size());
        constexpr index_t slice = 1 << 16;
        parallel_for((weights.size() + slice - 1) / slice, threads, [&](index_t item, int) {
            const index_t first = item * slice, size = std::min(slice, weights.size() - first);
            auto v = velocity.segment(first, size);
            auto w = weights.segment(first, size);
            v = momentum * v + gradient.segment(first, size) + weight_decay * w;
            w -= learning_rate * factor * v;
        });
    }
};

}  // namespace lpntk::nn
