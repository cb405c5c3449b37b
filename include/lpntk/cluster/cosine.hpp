#pragma once

#include <cmath>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// 1 / sqrt(kappa_ii), one over the length of a feature; 0 for a zero feature (a self-similarity that is not positive).
inline double inverse_length(double kappa_ii) { return kappa_ii > 0 ? 1 / std::sqrt(kappa_ii) : 0.0; }

/// The cosine rho between two updates, from kappa(i, j), kappa(i, i) and kappa(j, j). A zero feature has no direction:
/// its cosine with everything, itself included, is 0.
inline double cosine(double kappa_ij, double kappa_ii, double kappa_jj) {
    return kappa_ij * inverse_length(kappa_ii) * inverse_length(kappa_jj);
}

/// cosine() between N items, with the square roots taken once.
///
///     const lpntk::cosines rho(kappa.diagonal());
///     rho(kappa(3, 5), 3, 5);
class cosines {
public:
    /// `diagonal`: kappa(i, i) of the N items. O(N).
    template <class T>
    explicit cosines(const vector<T>& diagonal) : scale_(diagonal.size()) {
        for (index_t i = 0; i < scale_.size(); ++i) scale_[i] = inverse_length(static_cast<double>(diagonal[i]));
    }

    /// Of items i and j, whose similarity is kappa; the same bits as cosine().
    double operator()(double kappa, index_t i, index_t j) const { return kappa * scale_[i] * scale_[j]; }

private:
    vector<double> scale_;
};

}  // namespace lpntk
