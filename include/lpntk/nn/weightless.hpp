#pragma once

#include <array>

#include "lpntk/nn/layer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// What layers without weights have in common: they go sample by sample, and unless they say otherwise need no state.
struct weightless {
    static constexpr bool by_sample = true;  ///< each row stays in cache from layer to layer

    /// Nothing: threads may share it.
    template <class T>
    struct state {};

    static std::array<part_layout, 0> parts(image_shape) { return {}; }  ///< none: no gradient by weights is taken

    /// Nothing to prepare.
    /// @{
    template <class T, class State>
    static void prepare_forward(const layer_call<T>&, State&) {}
    template <class T, class State>
    static void prepare_backward(const layer_call<T>&, State&) {}
    template <class T, class State>
    static void prepare_tangent(const layer_call<T>&, State&) {}
    /// @}
};

/// A function of each number by itself. The layer gives the flags and two functions of numbers; for one of its own:
///
///     struct half_square : nn::elementwise<half_square> {
///         static constexpr bool keeps_input = true;      // differential() reads x
///         static constexpr bool keeps_output = false;    // but not y
///         template <class T> T value(T x) const { return x * x / 2; }
///         template <class T> T differential(T x, T, T change) const { return x * change; }   // f'(x) change
///     };
template <class Layer>
struct elementwise : weightless {
    static image_shape output_shape(image_shape in) { return in; }  ///< its input's

    /// value() of each number of one sample.
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>&) const {
        const Layer& self = static_cast<const Layer&>(*this);
        for (index_t i = 0; i < call.in.size(); ++i) y[i] = self.value(x[i]);
    }

    /// differential() of each number of one sample, dy being the change.
    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T* y, const T* dy, T* dx, state<T>&,
                  taker_ref<T>) const {
        differentials(call, x, y, dy, dx);
    }

    /// As backward: the derivative is diagonal.
    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T* y, const T* dx, T* dy, state<T>&) const {
        differentials(call, x, y, dx, dy);
    }

private:
    template <class T>
    void differentials(const layer_call<T>& call, const T* x, const T* y, const T* from, T* to) const {
        const Layer& self = static_cast<const Layer&>(*this);
        for (index_t i = 0; i < call.in.size(); ++i)
            to[i] = self.differential(Layer::keeps_input ? x[i] : T(0), Layer::keeps_output ? y[i] : T(0), from[i]);
    }
};

}  // namespace lpntk::nn
