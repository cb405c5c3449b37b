#pragma once

#include <algorithm>
#include <array>

#include "lpntk/core/require.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/layers/channel_means.hpp"

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
    /// The numbers of torch.nn.BatchNorm2d.
    struct options {
        double momentum = 0.1;  ///< in [0, 1]: the share of the latest batch
        double epsilon = 1e-5;  ///< at least 1e-30: more than 0 in every scalar
    };

    static constexpr bool by_sample = false;     ///< a channel's mean is over all samples
    static constexpr bool keeps_input = true;    ///< (x - mean) comes again in the gradients
    static constexpr bool keeps_output = false;  ///< nothing reads it

    options how;  ///< as given

    /// Throws argument_error for options out of their range.
    explicit batch_norm(options with) : how(with) {
        require(how.momentum >= 0 && how.momentum <= 1, "batch_norm", "momentum", how.momentum, "in [0, 1]");
        require(how.epsilon >= 1e-30, "batch_norm", "epsilon", how.epsilon, ">= 1e-30");
    }
    batch_norm() : batch_norm(options()) {}

    /// Of the layer concept.
    /// @{
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
    /// @}

    /// Of one batch, C numbers each.
    template <class T>
    struct state {
        vector<T> mean;               ///< of the batch, or the running one
        vector<T> inverse_deviation;  ///< 1 / sqrt(variance + epsilon)
    };

    /// Of the layer concept.
    /// @{
    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        require(call.statistics != nullptr, "batch_norm", "running statistics", "none",
                "handed on by the layer around it: its statistics(in) and start()");
        if (call.observed) return;
        const auto variance = channels(call, call.statistics + call.in.channels);
        require((variance.array() >= 0).all(), "batch_norm", "running variance", variance.minCoeff(), ">= 0");
        take(channels(call, call.statistics), variance, s);
    }

    template <class T>
    static void prepare_backward(const layer_call<T>&, state<T>&) {}

    template <class T>
    static void prepare_tangent(const layer_call<T>&, state<T>&) {}

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        if (call.observed) observe(call, x, s);
        const vector<T> gain = gains(call, s);
        const auto shift = channels(call, call.weights + call.in.channels);
        for (index_t i = 0; i < pixels(call); ++i)
            channels(call, y, i) = (channels(call, x, i) - s.mean).cwiseProduct(gain) + shift;
    }

    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T*, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        vector<T> by_scale = vector<T>::Zero(call.in.channels), by_shift = by_scale, own_scale, own_shift;
        const index_t of_sample = pixels(call) / call.count;
        for (index_t n = 0; n < call.count; ++n) {
            own_scale.setZero(call.in.channels);
            own_shift.setZero(call.in.channels);
            for (index_t i = n * of_sample; i < (n + 1) * of_sample; ++i) {
                own_scale += channels(call, dy, i).cwiseProduct(channels(call, x, i) - s.mean);
                own_shift += channels(call, dy, i);
            }
            own_scale = own_scale.cwiseProduct(s.inverse_deviation);
            by_scale += own_scale;
            by_shift += own_shift;
            const gradient_place<T> place = taker.sample(call.part, call.first + n);
            if (!place.formed) continue;
            channels(call, place.formed) += own_scale;
            channels(call, place.formed + call.in.channels) += own_shift;
        }
        if (!dx) return;
        const vector<T> gain = gains(call, s);
        if (call.observed) {  // mean and variance move with x
            const T share = T(1) / static_cast<T>(pixels(call));
            const vector<T> slope = share * by_scale.cwiseProduct(s.inverse_deviation), mean = share * by_shift;
            for (index_t i = 0; i < pixels(call); ++i)
                channels(call, dx, i) =
                    (channels(call, dy, i) - mean - (channels(call, x, i) - s.mean).cwiseProduct(slope))
                        .cwiseProduct(gain);
        } else {
            for (index_t i = 0; i < pixels(call); ++i) channels(call, dx, i) = channels(call, dy, i).cwiseProduct(gain);
        }
    }

    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T*, const T* dx, T* dy, state<T>& s) const {
        const vector<T> slope = channels(call, call.direction).cwiseProduct(s.inverse_deviation), gain = gains(call, s);
        const auto shift = channels(call, call.direction + call.in.channels);
        for (index_t i = 0; i < pixels(call); ++i) {
            auto to = channels(call, dy, i);
            to = (channels(call, x, i) - s.mean).cwiseProduct(slope) + shift;
            if (dx) to += channels(call, dx, i).cwiseProduct(gain);
        }
    }
    /// @}

    /// What the layer is to one sample after prepare_forward: gains x + constants, C each.
    /// @{
    template <class T>
    static vector<T> gains(const layer_call<T>& call, const state<T>& s) {
        return channels(call, call.weights).cwiseProduct(s.inverse_deviation);
    }

    template <class T>
    static vector<T> constants(const layer_call<T>& call, const state<T>& s) {
        return channels(call, call.weights, 1) - s.mean.cwiseProduct(gains(call, s));
    }
    /// @}

private:
    template <class T>
    static index_t pixels(const layer_call<T>& call) {
        return call.count * call.in.height * call.in.width;
    }

    template <class T, class Number>
    static auto channels(const layer_call<T>& call, Number* numbers, index_t i = 0) {
        return detail::channels_of(numbers, call.in.channels, i);
    }

    template <class Mean, class Variance, class T>
    void take(const Mean& mean, const Variance& variance, state<T>& s) const {
        s.mean = mean;
        s.inverse_deviation = (variance.array() + static_cast<T>(how.epsilon)).sqrt().inverse();
    }

    /// Takes mean and variance of the samples of the call, and has the running ones follow.
    template <class T>
    void observe(const layer_call<T>& call, const T* x, state<T>& s) const {
        const index_t n = pixels(call), of_sample = n / call.count;
        require(n > 1, "batch_norm", "numbers of a channel in a piece of the batch", n, ">= 2 while training");
        const vector<T> mean = detail::mean_over_pixels<T>(call.count, of_sample, call.in.channels,
                                                           [&](index_t i) { return channels(call, x, i); });
        const vector<T> variance = detail::mean_over_pixels<T>(call.count, of_sample, call.in.channels, [&](index_t i) {
            return (channels(call, x, i) - mean).cwiseAbs2();
        });
        take(mean, variance, s);
        const T latest = static_cast<T>(how.momentum), unbiased = static_cast<T>(n) / static_cast<T>(n - 1);
        channels(call, call.observed) = (1 - latest) * channels(call, call.statistics) + latest * mean;
        channels(call, call.observed, 1) =
            (1 - latest) * channels(call, call.statistics, 1) + latest * unbiased * variance;
    }
};
static_assert(layer<batch_norm>);

}  // namespace lpntk::nn
