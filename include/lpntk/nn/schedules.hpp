#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/target.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Learning rate as a factor of the initial one, by epoch (counted from 0, fractions within one). Any function is one.
using schedule = std::function<double(double epoch)>;

/// factor^(number of whole `every` epochs gone), as in the paper: 0.7 every 2 epochs.
inline schedule step_decay(double factor, double every) {
    require(every > 0, "step_decay", "every", every, "> 0 epochs");
    return [=](double epoch) { return std::pow(factor, std::floor(epoch / every)); };
}

/// factor^(number of milestones reached): multi_step_decay(0.1, {80, 120}) is the rate of He et al. 2016 for CIFAR-10.
inline schedule multi_step_decay(double factor, std::vector<double> milestones) {
    std::sort(milestones.begin(), milestones.end());
    return [=, milestones = std::move(milestones)](double epoch) {
        const auto reached = std::upper_bound(milestones.begin(), milestones.end(), epoch) - milestones.begin();
        return std::pow(factor, static_cast<double>(reached));
    };
}

/// Half a cosine from 1 to 0 over `epochs`.
inline schedule cosine_decay(double epochs) {
    require(epochs > 0, "cosine_decay", "epochs", epochs, "> 0");
    return [=](double epoch) { return (1 + std::cos(std::numbers::pi * std::min(1.0, epoch / epochs))) / 2; };
}

/// A straight line from `from` to 1 over `epochs` (Goyal et al. 2017), then `then`, whose epochs are counted from
/// there; none: constant.
///
///     .rate_by_epoch = nn::warm_up(5, nn::cosine_decay(how.epochs - 5))
inline schedule warm_up(double epochs, schedule then = {}, double from = 0) {
    require(epochs > 0, "warm_up", "epochs", epochs, "> 0");
    return [=, then = std::move(then)](double epoch) {
        if (epoch < epochs) return from + (1 - from) * epoch / epochs;
        return then ? then(epoch - epochs) : 1.0;
    };
}

}  // namespace lpntk::nn
