#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What gradient_check compared, and the worst disagreement that it found.
struct gradient_report {
    double relative_error = 0;  ///< |a - n| / max(|a|, |n|, floor times the gradient's largest entry)
    double absolute_error = 0;  ///< |a - n| of the same entry
    index_t parameter = -1;     ///< where, in the flat order; -1 when everything agrees to the last bit
    double analytic = 0;        ///< a: what the model's `level` says there
    double numeric = 0;         ///< n: what `reference` says there
    std::string level;          ///< "pullback", "jacobian", "dense parts", "parts as factors" or "parts as pixels"
    std::string reference;      ///< "central differences" or another level
    index_t compared = 0;       ///< how many pairs of numbers
    bool differences = false;   ///< compared with central differences of the logits
    bool independent = false;   ///< compared with something that the level checked has no part in
    double tolerance = 1e-5;    ///< what passed() allows unless told otherwise: 1e-5 for double, 1e-2 for float

    /// Whether numbers of independent origin were compared, and agree.
    bool passed() const { return passed(tolerance); }
    /// The same with another bound on the relative error.
    bool passed(double allowed) const { return compared > 0 && independent && relative_error <= allowed; }

    /// For a message: how much was compared and with what, what could not be, and the worst entry with its two values.
    std::string describe() const {
        std::ostringstream line;
        line << compared << " numbers compared";
        if (!differences)
            line << ", none with central differences (the model has no weights(), set_weights(w) and logits)";
        if (!independent) line << ", and only two forms of the same parts with each other: this proves nothing";
        if (parameter >= 0)
            line << "; worst at parameter " << parameter << ": " << level << " gives " << analytic << ", " << reference
                 << ' ' << numeric << " (relative error " << relative_error << ')';
        return line.str();
    }

    /// |a - n| relative to the larger of the two, or to `smallest_scale` if that is larger still, leaving out `noise`
    /// that may be rounding; whatever is not finite counts as infinitely wrong.
    static double error_of(double a, double n, double smallest_scale, double noise = 0) {
        const double scale = std::max({std::abs(a), std::abs(n), smallest_scale, std::numeric_limits<double>::min()});
        return is_finite(a - n) ? std::max(std::abs(a - n) - noise, 0.0) / scale
                                : std::numeric_limits<double>::infinity();
    }

    /// Takes one pair of numbers in.
    void add(double a, double n, double smallest_scale, index_t at, const std::string& of, const std::string& against,
             double noise = 0) {
        ++compared;
        const double error = error_of(a, n, smallest_scale, noise);
        if (error <= relative_error) return;
        relative_error = error;
        absolute_error = std::abs(a - n);
        parameter = at;
        analytic = a;
        numeric = n;
        level = of;
        reference = against;
    }
};

}  // namespace lpntk
