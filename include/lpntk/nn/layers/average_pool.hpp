#pragma once

#include <algorithm>

#include "lpntk/nn/layers/pooling.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Mean of each window and channel. Padding is zeros that count: the sum is always divided by the whole window
/// (PyTorch's count_include_pad).
///
///     average_pool(2), average_pool({.window = {1, 3}, .stride = 1, .padding = {0, 1}})
struct average_pool : pooling {
    /// Windows of size x size pixels, side by side, without padding.
    explicit average_pool(index_t size) : average_pool(options{size}) {}
    /// Throws argument_error as pooling does.
    explicit average_pool(options with) : pooling(with) {}

    /// Of one sample; O(window x outputs).
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>&) const {
        const T share = this->template share<T>();
        for_each_window(call.in, call.out, [&](const window& w) {
            T* const to = y + w.output;
            std::fill_n(to, call.in.channels, T(0));
            for_each_pixel(call.in, w, [&](index_t, index_t offset) {
                for (index_t c = 0; c < call.in.channels; ++c) to[c] += share * x[offset + c];
            });
        });
    }

    /// Where windows overlap their shares add up.
    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const T* dy, T* dx, state<T>&, taker_ref<T>) const {
        const T share = this->template share<T>();
        std::fill_n(dx, call.in.size(), T(0));
        for_each_window(call.in, call.out, [&](const window& w) {
            const T* const from = dy + w.output;
            for_each_pixel(call.in, w, [&](index_t, index_t offset) {
                for (index_t c = 0; c < call.in.channels; ++c) dx[offset + c] += share * from[c];
            });
        });
    }

    /// The mean is linear: it is its own derivative.
    template <class T>
    void tangent(const layer_call<T>& call, const T*, const T*, const T* dx, T* dy, state<T>& s) const {
        forward(call, dx, dy, s);
    }

private:
    template <class T>
    T share() const {
        return T(1) / static_cast<T>(how.window.height * how.window.width);
    }
};
static_assert(layer<average_pool>);

/// Mean of each channel over all pixels of the image, whatever its size.
struct global_average_pool : weightless {
    static constexpr bool keeps_input = false;   ///< linear: the derivative is 1 / (height x width)
    static constexpr bool keeps_output = false;  ///< likewise

    static image_shape output_shape(image_shape in) { return {1, 1, in.channels}; }  ///< any height and width will do

    /// As average_pool, its window the whole image.
    /// @{
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        whole(call.in).forward(call, x, y, s);
    }

    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T* y, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        whole(call.in).backward(call, x, y, dy, dx, s, taker);
    }

    template <class T>
    void tangent(const layer_call<T>& call, const T*, const T*, const T* dx, T* dy, state<T>& s) const {
        forward(call, dx, dy, s);
    }
    /// @}

private:
    static average_pool whole(image_shape in) { return average_pool({.window = {in.height, in.width}}); }
};
static_assert(layer<global_average_pool>);

}  // namespace lpntk::nn
