#pragma once

#include <algorithm>

#include "lpntk/nn/layer.hpp"

namespace lpntk::nn {

/// Windows of `size` x `size` pixels, each next to the last; a rest of fewer pixels is left out.
struct pooling : weightless {
    static constexpr bool diagonal = false;
    index_t size = 2;

    explicit pooling(index_t window) : size(window) {
        require(window >= 1 && window <= 16, "pooling", "size", window, "in [1, 16]");
    }

    image_shape output_shape(image_shape in) const {
        require(in.height >= size && in.width >= size, "pooling", "size", size,
                "no larger than the image, " + std::to_string(in.height) + " x " + std::to_string(in.width));
        return {in.height / size, in.width / size, in.channels};
    }

protected:
    /// Calls f(output offset, input offset of the window's first pixel) for each window.
    template <class F>
    void for_each_window(image_shape in, image_shape out, F&& f) const {
        for (index_t y = 0; y < out.height; ++y)
            for (index_t x = 0; x < out.width; ++x)
                f((y * out.width + x) * out.channels, (y * size * in.width + x * size) * in.channels);
    }
};

/// Largest number of each window and channel; of equal ones the first, in row order, gets the gradient.
struct max_pool : pooling {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = false;

    explicit max_pool(index_t window) : pooling(window) {}

    index_t memo_size(image_shape in) const { return output_shape(in).size(); }

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t* winner) const {
        const index_t channels = call.in.channels;
        for_each_window(call.in, call.out, [&](index_t to, index_t from) {
            std::copy_n(x + from, channels, y + to);
            std::fill_n(winner + to, channels, std::uint8_t{0});
            for (index_t pixel = 1; pixel < size * size; ++pixel) {
                const T* here = x + from + ((pixel / size) * call.in.width + pixel % size) * channels;
                const auto code = static_cast<std::uint8_t>(pixel);
                for (index_t c = 0; c < channels; ++c) {
                    const bool wins = here[c] > y[to + c];
                    y[to + c] = wins ? here[c] : y[to + c];
                    winner[to + c] = wins ? code : winner[to + c];
                }
            }
        });
    }

    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const std::uint8_t* winner, const T* dy,
                  T* dx) const {
        const index_t channels = call.in.channels;
        if (call.in.height % size != 0 || call.in.width % size != 0) std::fill_n(dx, call.in.size(), T(0));
        for_each_window(call.in, call.out, [&](index_t from, index_t to) {
            for (index_t pixel = 0; pixel < size * size; ++pixel) {
                T* here = dx + to + ((pixel / size) * call.in.width + pixel % size) * channels;
                for (index_t c = 0; c < channels; ++c) here[c] = winner[from + c] == pixel ? dy[from + c] : T(0);
            }
        });
    }

    template <class T>
    void tangent(const layer_call<T>& call, const T*, const T*, const std::uint8_t* winner, const T* dx, T* dy) const {
        const index_t channels = call.in.channels;
        for_each_window(call.in, call.out, [&](index_t to, index_t from) {
            for (index_t c = 0; c < channels; ++c) {
                const index_t pixel = winner[to + c];
                dy[to + c] = dx[from + ((pixel / size) * call.in.width + pixel % size) * channels + c];
            }
        });
    }
};

/// Mean of each window and channel.
struct average_pool : pooling {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = false;

    explicit average_pool(index_t window) : pooling(window) {}

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t*) const {
        const index_t channels = call.in.channels;
        const T share = T(1) / static_cast<T>(size * size);
        for_each_window(call.in, call.out, [&](index_t to, index_t from) {
            std::fill_n(y + to, channels, T(0));
            for (index_t pixel = 0; pixel < size * size; ++pixel) {
                const T* here = x + from + ((pixel / size) * call.in.width + pixel % size) * channels;
                for (index_t c = 0; c < channels; ++c) y[to + c] += share * here[c];
            }
        });
    }

    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const std::uint8_t*, const T* dy, T* dx) const {
        const index_t channels = call.in.channels;
        const T share = T(1) / static_cast<T>(size * size);
        if (call.in.height % size != 0 || call.in.width % size != 0) std::fill_n(dx, call.in.size(), T(0));
        for_each_window(call.in, call.out, [&](index_t from, index_t to) {
            for (index_t pixel = 0; pixel < size * size; ++pixel) {
                T* here = dx + to + ((pixel / size) * call.in.width + pixel % size) * channels;
                for (index_t c = 0; c < channels; ++c) here[c] = share * dy[from + c];
            }
        });
    }

    /// The mean is linear: it is its own derivative.
    template <class T>
    void tangent(const layer_call<T>& call, const T*, const T*, const std::uint8_t*, const T* dx, T* dy) const {
        forward(call, dx, dy, nullptr);
    }
};

}  // namespace lpntk::nn
