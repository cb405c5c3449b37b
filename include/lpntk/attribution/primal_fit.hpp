#pragma once

#include <cmath>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/attribution/primal_system.hpp"
#include "lpntk/attribution/ridge_fit.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Features that can be written out, as those of kernel/ can.
///
/// | on a const Phi              | meaning                                                |
/// | --------------------------- | ------------------------------------------------------ |
/// | `phi.size()`                | N, the number of samples                               |
/// | `phi.parameters()`          | P, the length of a feature                             |
/// | `phi.explicit_row(i)`       | the P numbers of sample i, an Eigen vector; thread-safe |
template <class Phi>
concept explicit_features = requires(const Phi& phi, index_t i) {
    { phi.size() } -> std::convertible_to<index_t>;
    { phi.parameters() } -> std::convertible_to<index_t>;
    { phi.explicit_row(i).size() } -> std::convertible_to<index_t>;
    { phi.explicit_row(i)[i] } -> std::convertible_to<double>;
};

namespace detail {

/// What else must agree between features of one length: the names of their parts, if there are any.
template <class Phi>
std::string part_names(const Phi& phi) {
    std::string names;
    if constexpr (requires { phi.parts().front().layout.name; })
        for (const auto& part : phi.parts()) names += (names.empty() ? "" : "; ") + part.layout.name;
    return names;
}

}  // namespace detail

/// The ridge regression of N items on the P numbers of their features, as kernel_ridge::primal makes it. A value; const
/// use is thread-safe. Holds P K numbers and the N K of leave_one_out.
class primal_fit {
public:
    double lambda = 0;                ///< that was taken
    std::vector<ridge_trial> trials;  ///< what it was chosen from; empty when it was given
    matrix<double> weights;           ///< P x K: a feature times this, plus intercept, is a prediction
    vector<double> intercept;         ///< K
    matrix<double> leave_one_out;     ///< N x K: the prediction for each item by all others
    double error = 0;                 ///< mean squared distance of leave_one_out to Y, over all N K numbers

    /// Of the features in `system`, scaled and with a bias, and Y, N x K.
    template <class Phi>
    primal_fit(const detail::primal_system<Phi>& system, const matrix<double>& targets, double scale, double bias,
               double regularised_by, std::string_view caller)
        : lambda(regularised_by), leave_one_out(targets.rows(), targets.cols()),
          parts_(detail::part_names(system.phi())) {
        matrix<double> moments;
        const auto inverse = system.solve(targets, lambda, moments, caller);
        const matrix<double> solution = inverse.solve(moments, 1);
        weights = std::sqrt(scale) * solution.topRows(solution.rows() - 1);
        intercept = std::sqrt(bias) * solution.bottomRows(1).transpose();
        system.for_each_prediction(inverse, solution, [&](index_t i, const auto& predicted, double leverage) {
            leave_one_out.row(i) = targets.row(i) - (targets.row(i) - predicted) / (1 - leverage);
        });
        error = (leave_one_out - targets).squaredNorm() / static_cast<double>(targets.size());
    }

    /// The predictions for M new items, M x K, from their features. Throws argument_error for features of another
    /// length or of parts with other names (sketches with another seed), numeric_error naming an item whose prediction
    /// is not finite. O(M P K).
    template <explicit_features Phi>
    matrix<double> predict(const Phi& fresh, int threads = 0) const {
        require(fresh.parameters() == weights.rows(), function, "length of the new features", fresh.parameters(),
                "that of the fit's, " + std::to_string(weights.rows()));
        const std::string parts = detail::part_names(fresh);
        require(parts == parts_, function, "parts of the new features", parts, "those of the fit's, " + parts_);
        matrix<double> predicted(fresh.size(), weights.cols());
        parallel_for(fresh.size(), threads, [&](index_t i, int) {
            const vector<double> row = fresh.explicit_row(i).template cast<double>();
            predicted.row(i) = (weights.transpose() * row + intercept).transpose();
        });
        require_finite<double>(predicted, function, "prediction");
        return predicted;
    }

private:
    static constexpr const char* function = "primal_fit::predict";

    std::string parts_;
};

}  // namespace lpntk
