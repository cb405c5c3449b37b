#pragma once

#include "lpntk/nn/weightless.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Hands its input on: the shortcut of a residual block.
struct identity : elementwise<identity> {
    static constexpr bool keeps_input = false;   ///< linear
    static constexpr bool keeps_output = false;  ///< linear

    /// The same bits.
    template <class T>
    T value(T x) const {
        return x;
    }
    /// The same bits.
    template <class T>
    T differential(T, T, T change) const {
        return change;
    }
};
static_assert(layer<identity>);

/// Forgets the image layout; the numbers stay where they are (height, width, channel).
struct flatten : identity {
    static image_shape output_shape(image_shape in) { return {1, 1, in.size()}; }  ///< any image will do
};
static_assert(layer<flatten>);

}  // namespace lpntk::nn
