#pragma once

#include <cmath>

#include "lpntk/nn/network.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Standard deviation of the initial weights, by the fan-in n of their layer; biases start at 0.
enum class initialisation {
    he,     ///< sqrt(2 / n), for ReLU (He et al. 2015)
    lecun,  ///< sqrt(1 / n), for tanh (LeCun et al. 1998)
    ntk     ///< 1, weights and biases: for layers behind nn::scale(1 / sqrt(n)) (Jacot et al. 2018)
};

/// Draws all weights anew: normal, one random stream for each part; dense parts (batch_norm) and running statistics
/// start again as their layer says. The same seed gives the same weights for float and double, up to rounding.
template <class T, layer Layer>
void initialise(network<T, Layer>& net, initialisation how, std::uint64_t seed) {
    net.reset();
    T* weight = net.mutable_weights().data();
    std::uint64_t part = 0;
    for (const part_layout& layout : net.part_layouts()) {
        random_stream random(seed, part++);
        if (layout.inputs == 0) {
            weight += layout.parameters();
            continue;
        }
        const double fan_in = static_cast<double>(layout.inputs);
        const double deviation = how == initialisation::ntk  ? 1.0
                                 : how == initialisation::he ? std::sqrt(2 / fan_in)
                                                             : std::sqrt(1 / fan_in);
        const index_t biases = layout.bias && how != initialisation::ntk ? layout.outputs : 0;
        const index_t drawn = layout.parameters() - biases;
        for (index_t i = 0; i < drawn; ++i) *weight++ = static_cast<T>(deviation * random.normal());
        for (index_t i = 0; i < biases; ++i) *weight++ = T(0);
    }
}

}  // namespace lpntk::nn
