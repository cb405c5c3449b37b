#pragma once

#include <array>
#include <vector>

#include <lpntk/io/cifar10.hpp>
#include <lpntk/io/mnist.hpp>

namespace examples {

/// How pixels were scaled: value = (brightness - mean) / deviation in each channel, brightness in [0, 1]; grey images
/// have the same three times. The default is MNIST's, which the built-in digits share.
struct pixel_scaling {
    std::array<float, 3> mean{lpntk::io::mnist_mean, lpntk::io::mnist_mean, lpntk::io::mnist_mean};
    std::array<float, 3> deviation{lpntk::io::mnist_deviation, lpntk::io::mnist_deviation, lpntk::io::mnist_deviation};

    std::array<float, 2> range{0, 255};  ///< black and white as the files have them

    float brightness(float value, std::size_t channel) const { return mean[channel] + deviation[channel] * value; }

    /// What black is scaled to, in so many channels.
    std::vector<double> black(lpntk::index_t channels) const {
        std::vector<double> values;
        for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
            values.push_back(static_cast<double>(-mean[c] / deviation[c]));
        return values;
    }
};

inline constexpr pixel_scaling cifar10_scaling{lpntk::io::cifar10_mean, lpntk::io::cifar10_deviation};

}  // namespace examples
