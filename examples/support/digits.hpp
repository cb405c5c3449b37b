#pragma once

#include <cstdint>

#include <lpntk/core/dataset.hpp>

namespace examples {

/// Which digits to draw: numbers first, first + 1, ... of the endless sequence that belongs to `seed`.
struct digit_options {
    lpntk::index_t count = 1000;
    std::uint64_t seed = 1;
    std::uint64_t first = 0;
    int threads = 0;  ///< 0: all; the images do not depend on it
};

/// Draws 28 x 28 grey images of handwritten-looking digits 0 to 9, labels balanced to within one, scaled like MNIST
/// ((x - 0.1307) / 0.3081 of brightness in [0, 1]). Each is a pen stroke through jittered control points of
/// one of several ways to write its digit, then slanted, turned, scaled, shifted, blurred and given noise.
/// Image i depends on (seed, first + i) alone. Throws lpntk::argument_error for count < 1. 0.1 ms an image.
lpntk::dataset<float> make_digits(const digit_options& options);

}  // namespace examples
