#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lpntk/nn/layers/pooling.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Largest number of each window and channel; of equal ones the first, in row order, gets the gradient. Padding is
/// minus infinity: it never wins.
///
///     max_pool(2), max_pool({.window = 3, .stride = 2, .padding = 1})
struct max_pool : pooling {
    /// Windows of size x size pixels, side by side, without padding.
    explicit max_pool(index_t size) : max_pool(options{size}) {}
    /// Throws argument_error for a window of more than 256 pixels (winners are bytes), and as pooling does.
    explicit max_pool(options with) : pooling(with) {
        require(how.window.height * how.window.width <= 256, "max_pool", "window", how.window, "of at most 256 pixels");
    }

    /// Scratch of one thread.
    template <class T>
    struct state {
        std::vector<std::uint8_t> winners;  ///< for each output of the batch the pixel of its window
    };

    /// One byte for each output of the batch.
    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        s.winners.resize(static_cast<std::size_t>(call.count * call.out.size()));
    }

    /// One sample; notes the winners.
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        std::uint8_t* const winners = winners_of(call, s);
        const index_t channels = call.in.channels;
        for_each_window(call.in, call.out, [&](const window& w) {
            T* const best = y + w.output;
            std::uint8_t* const winner = winners + w.output;
            bool first = true;
            for_each_pixel(call.in, w, [&](index_t pixel, index_t offset) {
                const T* const here = x + offset;
                const auto code = static_cast<std::uint8_t>(pixel);
                if (first) {
                    std::copy_n(here, channels, best);
                    std::fill_n(winner, channels, code);
                    first = false;
                    return;
                }
                for (index_t c = 0; c < channels; ++c) {
                    const bool wins = here[c] > best[c];
                    best[c] = wins ? here[c] : best[c];
                    winner[c] = wins ? code : winner[c];
                }
            });
        });
    }

    /// Each number of dy goes to its winner; where windows overlap they add up.
    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const T* dy, T* dx, state<T>& s, taker_ref<T>) const {
        const std::uint8_t* const winners = winners_of(call, s);
        const index_t channels = call.in.channels;
        if (!covers(call.in, call.out)) std::fill_n(dx, call.in.size(), T(0));
        const bool write = apart();
        for_each_window(call.in, call.out, [&](const window& w) {
            const T* const from = dy + w.output;
            const std::uint8_t* const winner = winners + w.output;
            for_each_pixel(call.in, w, [&](index_t pixel, index_t offset) {
                T* const here = dx + offset;
                if (write)
                    for (index_t c = 0; c < channels; ++c) here[c] = winner[c] == pixel ? from[c] : T(0);
                else
                    for (index_t c = 0; c < channels; ++c) here[c] += winner[c] == pixel ? from[c] : T(0);
            });
        });
    }

    /// dx of the winners.
    template <class T>
    void tangent(const layer_call<T>& call, const T*, const T*, const T* dx, T* dy, state<T>& s) const {
        const std::uint8_t* const winners = winners_of(call, s);
        for_each_window(call.in, call.out, [&](const window& w) {
            for (index_t c = 0; c < call.in.channels; ++c) {
                const index_t pixel = winners[w.output + c], row = pixel / how.window.width;
                dy[w.output + c] =
                    dx[w.input + (row * call.in.width + pixel % how.window.width) * call.in.channels + c];
            }
        });
    }

private:
    template <class T>
    static std::uint8_t* winners_of(const layer_call<T>& call, state<T>& s) {
        return s.winners.data() + call.first * call.out.size();
    }
};
static_assert(layer<max_pool>);

}  // namespace lpntk::nn
