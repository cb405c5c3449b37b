#pragma once

#include <string>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Shape of one part of a feature phi(x) = J(x)^T u: usually the parameters of one layer.
///
/// A part without inputs is dense: `outputs` free numbers. A part with inputs is a sum of outer products over
/// `positions` positions t (1 for a linear layer, the output pixels for a convolution),
///
///     phi_part = sum_t [a_t; 1] (x) d_t,      entry i * outputs + o  is  sum_t a_t[i] d_t[o],
///
/// with a_t the layer's input (for a convolution the patch) and d_t the back-propagated cotangent at t. The
/// row i == inputs, where a is 1, is the bias, and is there only when `bias` is set. The parts written out in
/// order are the model's flat parameter vector.
struct part_layout {
    std::string name;       ///< for reports and messages: "conv2d 1", "linear 5"
    index_t outputs = 0;    ///< numbers in d_t; for a dense part its length
    index_t inputs = 0;     ///< numbers in a_t; 0 for a dense part
    index_t positions = 1;  ///< T
    bool bias = false;      ///< whether there is a row for the constant input 1

    /// Rows of the part when it is formed: the inputs, and the bias.
    index_t rows() const { return inputs == 0 ? 1 : inputs + (bias ? 1 : 0); }
    /// Length of the part when it is formed.
    index_t parameters() const { return outputs * rows(); }
    /// Names count too.
    bool operator==(const part_layout&) const = default;
};

}  // namespace lpntk
