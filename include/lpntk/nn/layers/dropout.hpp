#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/nn/weightless.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// While training sets each number to 0 with probability `rate` and divides the others by 1 - rate;
/// otherwise the identity (Srivastava et al. 2014, inverted form).
struct dropout : weightless {
    static constexpr bool keeps_input = false;   ///< the mask is kept instead
    static constexpr bool keeps_output = false;  ///< likewise
    double rate = 0.5;                           ///< chance of a zero, in [0, 1), rounded to 1/256 where it is used

    /// Throws argument_error for a probability outside [0, 1).
    explicit dropout(double probability) : rate(probability) {
        require(probability >= 0 && probability < 1, "dropout", "rate", probability, "in [0, 1)");
    }

    static image_shape output_shape(image_shape in) { return in; }  ///< its input's

    /// Scratch of one thread.
    template <class T>
    struct state {
        std::vector<std::uint8_t> kept;  ///< of each number of the batch
    };

    /// One byte for each number of the batch while training, else nothing.
    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        if (call.random) s.kept.resize(static_cast<std::size_t>(call.count * call.in.size()));
    }

    /// Draws the sample's mask from call.random; a copy when that is null.
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        if (call.random) draw(*call.random, call.in.size(), s.kept.data() + call.first * call.in.size());
        apply(call, x, y, s);
    }

    /// With the mask of forward.
    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const T* dy, T* dx, state<T>& s, taker_ref<T>) const {
        apply(call, dy, dx, s);
    }

    /// With the mask of forward.
    template <class T>
    void tangent(const layer_call<T>& call, const T*, const T*, const T* dx, T* dy, state<T>& s) const {
        apply(call, dx, dy, s);
    }

private:
    /// Eight draws of 8 bits from each 64: the rate is rounded to 1/256, the mean is kept by apply().
    void draw(random_stream& random, index_t count, std::uint8_t* kept) const {
        std::uint64_t bits = 0;
        for (index_t i = 0; i < count; ++i) {
            bits = i % 8 == 0 ? random.bits() : bits >> 8U;
            kept[i] = static_cast<int>(bits & 255U) >= threshold();
        }
    }

    template <class T>
    void apply(const layer_call<T>& call, const T* from, T* to, const state<T>& s) const {
        const index_t count = call.in.size();
        if (!call.random) {
            std::copy_n(from, count, to);
            return;
        }
        const std::uint8_t* const kept = s.kept.data() + call.first * count;
        const T gain = static_cast<T>(256.0 / (256 - threshold()));
        for (index_t i = 0; i < count; ++i) to[i] = kept[i] ? gain * from[i] : T(0);
    }

    int threshold() const { return std::min(255, static_cast<int>(rate * 256 + 0.5)); }
};
static_assert(layer<dropout>);

}  // namespace lpntk::nn
