#pragma once

#include <algorithm>
#include <array>
#include <type_traits>

#include "lpntk/core/require.hpp"
#include "lpntk/nn/layer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Batch normalisation (Ioffe and Szegedy 2015): for each of the C channels
///
///     y = scale (x - mean) / sqrt(variance + epsilon) + shift.
///
/// While training, mean and variance are those of the samples and pixels of one piece of the batch (see pullback_sum),
/// so that a batch of up to 16 samples gives what PyTorch gives, a larger one ghost batch normalisation (Hoffer et al.
/// 2017), and any number of threads the same bits. The running ones follow,
///     running := (1 - momentum) running + momentum (those of the batch, the variance unbiased),
/// and stand in for them everywhere else: in inference and in kernels the layer is a fixed affine map of each sample.
/// Its part is dense: C scales, which start at 1, then C shifts. Throws argument_error while training when a channel
/// has a single number in the piece, and for a negative running variance.
struct batch_norm {
    struct options {
        double momentum = 0.1;
        double epsilon = 1e-5;
    };

    static constexpr bool by_sample = false;
    static constexpr bool keeps_input = true;
    static constexpr bool keeps_output = false;

    options how;

    batch_norm() : batch_norm(options()) {}
    explicit batch_norm(options with) : how(with) {
        require(how.momentum >= 0 && how.momentum <= 1, "batch_norm", "momentum", how.momentum, "in [0, 1]");
        require(how.epsilon > 0, "batch_norm", "epsilon", how.epsilon, "> 0");
    }

    static image_shape output_shape(image_shape in) { return in; }
    static std::array<part_layout, 1> parts(image_shape in) {
        return {{{.name = "batch_norm", .outputs = 2 * in.channels}}};
    }

    static index_t statistics(image_shape in) { return 2 * in.channels; }  ///< C means, C variances

    template <class T>
    static void start(image_shape in, T* weights, T* statistics) {
        std::fill_n(weights, in.channels, T(1));
        std::fill_n(statistics + in.channels, in.channels, T(1));
    }

    /// Of one batch, C numbers each.
    template <class T>
    struct state {
        vector<T> mean, inverse_deviation;
        vector<T> scale_gradient, shift_gradient;  ///< of one sample, then of all
    };

    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        require(call.statistics != nullptr, "batch_norm", "running statistics", "none",
                "handed on by the layer around it: its statistics(in) and start()");
        s.mean = channels(call, call.statistics);
        s.inverse_deviation = channels(call, call.statistics + call.in.channels);
        if (call.observed) return;
        require((s.inverse_deviation.array() >= 0).all(), "batch_norm", "running variance",
                s.inverse_deviation.minCoeff(), ">= 0");
        invert(s);
    }

    template <class T>
    static void prepare_backward(const layer_call<T>& call, state<T>& s) {
        s.scale_gradient.resize(call.in.channels);
        s.shift_gradient.resize(call.in.channels);
    }

    template <class T>
    static void prepare_tangent(const layer_call<T>&, state<T>&) {}

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        if (call.observed) observe(call, x, s);
        const auto scale = channels(call, call.weights), shift = channels(call, call.weights + call.in.channels);
        const vector<T> gain = scale.cwiseProduct(s.inverse_deviation);
        for (index_t i = 0; i < pixels(call); ++i)
            channels(call, y, i) = (channels(call, x, i) - s.mean).cwiseProduct(gain) + shift;
    }

    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T*, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        vector<T> scale_gradient = vector<T>::Zero(call.in.channels), shift_gradient = scale_gradient;
        const index_t of_sample = pixels(call) / call.count;
        for (index_t n = 0; n < call.count; ++n) {
            gradients(call, x, dy, n * of_sample, (n + 1) * of_sample, s);
            scale_gradient += s.scale_gradient;
            shift_gradient += s.shift_gradient;
            const gradient_place<T> place = taker.sample(call.part, call.first + n);
            if (!place.formed) continue;
            channels(call, place.formed) += s.scale_gradient;
            channels(call, place.formed + call.in.channels) += s.shift_gradient;
        }
        if (!dx) return;
        const vector<T> gain = channels(call, call.weights).cwiseProduct(s.inverse_deviation);
        if (!call.observed) {
            for (index_t i = 0; i < pixels(call); ++i) channels(call, dx, i) = channels(call, dy, i).cwiseProduct(gain);
            return;
        }
        const T share = T(1) / static_cast<T>(pixels(call));
        const vector<T> slope = share * scale_gradient.cwiseProduct(s.inverse_deviation);
        const vector<T> mean = share * shift_gradient;
        for (index_t i = 0; i < pixels(call); ++i)
            channels(call, dx, i) =
                (channels(call, dy, i) - mean - (channels(call, x, i) - s.mean).cwiseProduct(slope)).cwiseProduct(gain);
    }

    /// Of the fixed map: statistics do not move.
    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T*, const T* dx, T* dy, state<T>& s) const {
        const vector<T> slope = channels(call, call.direction).cwiseProduct(s.inverse_deviation);
        const vector<T> gain = channels(call, call.weights).cwiseProduct(s.inverse_deviation);
        const auto shift = channels(call, call.direction + call.in.channels);
        for (index_t i = 0; i < pixels(call); ++i) {
            auto to = channels(call, dy, i);
            to = (channels(call, x, i) - s.mean).cwiseProduct(slope) + shift;
            if (dx) to += channels(call, dx, i).cwiseProduct(gain);
        }
    }

private:
    template <class T>
    static index_t pixels(const layer_call<T>& call) {
        return call.count * call.in.height * call.in.width;
    }

    /// The C numbers of the i-th pixel of a call, or of weights.
    template <class T, class Number>
    static auto channels(const layer_call<T>& call, Number* numbers, index_t i = 0) {
        using map = std::conditional_t<std::is_const_v<Number>, Eigen::Map<const vector<T>>, Eigen::Map<vector<T>>>;
        return map(numbers + i * call.in.channels, call.in.channels);
    }

    /// variance -> 1 / sqrt(variance + epsilon), in place.
    template <class T>
    void invert(state<T>& s) const {
        s.inverse_deviation = (s.inverse_deviation.array() + static_cast<T>(how.epsilon)).rsqrt();
    }

    /// Mean and variance of the call's samples; sums go sample by sample.
    template <class T>
    void observe(const layer_call<T>& call, const T* x, state<T>& s) const {
        const index_t of_sample = pixels(call) / call.count;
        require(pixels(call) > 1, "batch_norm", "numbers of a channel in a piece of the batch", pixels(call),
                ">= 2 while training");
        const auto mean_of = [&](auto&& value) {
            vector<T> sum = vector<T>::Zero(call.in.channels), own = sum;
            for (index_t i = 0; i < pixels(call); ++i) {
                own += value(channels(call, x, i));
                if ((i + 1) % of_sample != 0) continue;
                sum += own;
                own.setZero();
            }
            return vector<T>(sum / static_cast<T>(pixels(call)));
        };
        s.mean = mean_of([](const auto& pixel) { return pixel; });
        s.inverse_deviation = mean_of([&](const auto& pixel) { return (pixel - s.mean).cwiseAbs2(); });
        const T unbiased = static_cast<T>(pixels(call)) / static_cast<T>(pixels(call) - 1);
        const T weight = static_cast<T>(how.momentum);
        const auto follow = [&](index_t first, const vector<T>& seen) {
            channels(call, call.observed + first) =
                (1 - weight) * channels(call, call.statistics + first) + weight * seen;
        };
        follow(0, s.mean);
        follow(call.in.channels, unbiased * s.inverse_deviation);
        invert(s);
    }

    /// Of the pixels first, ..., last - 1: sum of dy (x - mean) / deviation, sum of dy.
    template <class T>
    static void gradients(const layer_call<T>& call, const T* x, const T* dy, index_t first, index_t last,
                          state<T>& s) {
        s.scale_gradient.setZero();
        s.shift_gradient.setZero();
        for (index_t i = first; i < last; ++i) {
            s.scale_gradient += channels(call, dy, i).cwiseProduct(channels(call, x, i) - s.mean);
            s.shift_gradient += channels(call, dy, i);
        }
        s.scale_gradient = s.scale_gradient.cwiseProduct(s.inverse_deviation);
    }
};
static_assert(layer<batch_norm>);

}  // namespace lpntk::nn
