#pragma once

#include <algorithm>

#include "lpntk/nn/layer.hpp"

namespace lpntk::nn {

/// Forgets the image layout; the numbers stay where they are (height, width, channel).
struct flatten : weightless {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = false;
    static image_shape output_shape(image_shape in) { return {1, 1, in.size()}; }

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t*) const {
        std::copy_n(x, call.in.size(), y);
    }

    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const std::uint8_t*, const T* dy, T* dx) const {
        std::copy_n(dy, call.in.size(), dx);
    }
};

/// While training sets each number to 0 with probability `rate` and divides the others by 1 - rate;
/// otherwise the identity (Srivastava et al. 2014, inverted form).
struct dropout : weightless {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = false;
    double rate = 0.5;

    explicit dropout(double probability) : rate(probability) {
        require(probability >= 0 && probability < 1, "dropout", "rate", probability, "in [0, 1)");
    }

    static index_t memo_size(image_shape in) { return in.size(); }

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t* kept) const {
        if (!call.random) {
            std::copy_n(x, call.in.size(), y);
            return;
        }
        draw(*call.random, call.in.size(), kept);
        apply(call.in.size(), x, kept, y);
    }

    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const std::uint8_t* kept, const T* dy,
                  T* dx) const {
        if (call.random)
            apply(call.in.size(), dy, kept, dx);
        else
            std::copy_n(dy, call.in.size(), dx);
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
    void apply(index_t count, const T* from, const std::uint8_t* kept, T* to) const {
        const T gain = static_cast<T>(256.0 / (256 - threshold()));
        for (index_t i = 0; i < count; ++i) to[i] = kept[i] ? gain * from[i] : T(0);
    }

    int threshold() const { return std::min(255, static_cast<int>(rate * 256 + 0.5)); }
};

}  // namespace lpntk::nn
