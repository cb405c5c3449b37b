#pragma once

#include <cmath>
#include <numbers>

#include "lpntk/nn/layer.hpp"

namespace lpntk::nn {

/// max(x, 0); the derivative at 0 is taken as 0.
struct relu : weightless {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = true;

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t*) const {
        for (index_t i = 0; i < call.in.size(); ++i) y[i] = x[i] < T(0) ? T(0) : x[i];
    }

    template <class T>
    void backward(const layer_call<T>& call, const T*, const T* y, const std::uint8_t*, const T* dy, T* dx) const {
        for (index_t i = 0; i < call.in.size(); ++i) dx[i] = y[i] > T(0) ? dy[i] : T(0);
    }
};

/// Hyperbolic tangent.
struct tanh : weightless {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = true;

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t*) const {
        for (index_t i = 0; i < call.in.size(); ++i) y[i] = std::tanh(x[i]);
    }

    template <class T>
    void backward(const layer_call<T>& call, const T*, const T* y, const std::uint8_t*, const T* dy, T* dx) const {
        for (index_t i = 0; i < call.in.size(); ++i) dx[i] = dy[i] * (T(1) - y[i] * y[i]);
    }
};

/// Gaussian error linear unit, exact: x Phi(x), Phi the normal distribution function.
struct gelu : weightless {
    static constexpr bool keeps_input = true;
    static constexpr bool keeps_output = false;

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t*) const {
        for (index_t i = 0; i < call.in.size(); ++i) y[i] = x[i] * distribution(x[i]);
    }

    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T*, const std::uint8_t*, const T* dy, T* dx) const {
        const T density_at_0 = std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
        for (index_t i = 0; i < call.in.size(); ++i)
            dx[i] = dy[i] * (distribution(x[i]) + x[i] * density_at_0 * std::exp(-x[i] * x[i] / T(2)));
    }

private:
    template <class T>
    static T distribution(T x) {
        return T(0.5) * std::erfc(-x / std::numbers::sqrt2_v<T>);
    }
};

/// factor * x. In front of a linear layer with factor 1/sqrt(fan-in) and standard normal weights it makes the
/// NTK parametrisation (Jacot et al. 2018).
struct scale : weightless {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = false;
    double factor = 1;

    explicit scale(double by) : factor(by) {}

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, std::uint8_t*) const {
        for (index_t i = 0; i < call.in.size(); ++i) y[i] = static_cast<T>(factor) * x[i];
    }

    template <class T>
    void backward(const layer_call<T>& call, const T*, const T*, const std::uint8_t*, const T* dy, T* dx) const {
        for (index_t i = 0; i < call.in.size(); ++i) dx[i] = static_cast<T>(factor) * dy[i];
    }
};

}  // namespace lpntk::nn
