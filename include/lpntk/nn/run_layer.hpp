#pragma once

#include <algorithm>

#include "lpntk/nn/layer.hpp"

/// A layer's passes for all samples of a call, so many at once as it takes; prepare_... is the caller's.
namespace lpntk::inline LPNTK_TARGET::nn {

namespace detail {

/// Where sample number n of size `size` begins; null of what is not kept.
template <class T>
T* sample_at(T* all, index_t n, index_t size) {
    return all ? all + n * size : nullptr;
}

/// Calls f(call, n) for each call that the layer is to get; n is where it starts among the samples of `call`.
template <layer Layer, class T, class F>
void for_each_call([[maybe_unused]] const Layer& l, layer_call<T> call, F&& f) {
    if constexpr (Layer::by_sample) {
        const index_t samples = call.count, first = call.first, at_once = samples_at_once(l, call.in);
        for (index_t n = 0; n < samples; n += at_once) {
            call.first = first + n;
            call.count = std::min(at_once, samples - n);
            f(call, n);
        }
    } else {
        f(call, index_t{0});
    }
}

}  // namespace detail

/// All samples of the call: y has call.count rows.
template <layer Layer, class T>
void run_forward(const Layer& l, const layer_call<T>& call, const T* x, T* y,
                 typename Layer::template state<T>& state) {
    detail::for_each_call(l, call, [&](const layer_call<T>& c, index_t n) {
        l.forward(c, x + n * c.in.size(), y + n * c.out.size(), state);
    });
}

/// dx may be null, and is taken for it where the backward pass ends; then a layer none of whose parts are wanted is
/// left out.
template <layer Layer, class T>
void run_backward(const Layer& l, const layer_call<T>& call, const T* x, const T* y, const T* dy, T* dx,
                  typename Layer::template state<T>& state, taker_ref<T> taker) {
    if (call.ends_backward()) dx = nullptr;
    if (!dx && call.part + static_cast<index_t>(part_count<Layer>) <= std::max(call.lowest, call.part)) return;
    detail::for_each_call(l, call, [&](const layer_call<T>& c, index_t n) {
        const index_t in = c.in.size(), out = c.out.size();
        l.backward(c, detail::sample_at(x, n, in), detail::sample_at(y, n, out), dy + n * out,
                   detail::sample_at(dx, n, in), state, taker);
    });
}

/// dx may be null; then dy of a layer without parts is 0.
template <layer Layer, class T>
void run_tangent(const Layer& l, const layer_call<T>& call, const T* x, const T* y, const T* dx, T* dy,
                 typename Layer::template state<T>& state) {
    if (part_count<Layer> == 0 && !dx) {
        std::fill_n(dy, call.count * call.out.size(), T(0));
        return;
    }
    detail::for_each_call(l, call, [&](const layer_call<T>& c, index_t n) {
        const index_t in = c.in.size(), out = c.out.size();
        l.tangent(c, detail::sample_at(x, n, in), detail::sample_at(y, n, out), detail::sample_at(dx, n, in),
                  dy + n * out, state);
    });
}

}  // namespace lpntk::nn
