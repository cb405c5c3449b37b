#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>

#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/pullback_levels.hpp"

namespace lpntk {

/// The model gives its weights as a flat vector, in the order of its gradient, and a copy of it takes others.
template <class Model>
concept has_weights = has_sizes<Model> && std::copy_constructible<Model> &&
                      requires(const Model& model, Model& copy, vector_view<typename Model::scalar> w) {
                          { model.weights() } -> std::convertible_to<vector<typename Model::scalar>>;
                          copy.set_weights(w);
                      };

struct gradient_check_options {
    index_t parameters = 0;  ///< how many, drawn at random, are checked by differences; 0: all
    double step = 0;         ///< relative to max(1, |w|); 0: the cube root of the scalar's machine epsilon
    double floor = 0.01;     ///< entries below floor times the largest are compared relative to that
    std::uint64_t seed = 0;  ///< of the random cotangent and of the parameters drawn
};

/// The worst disagreement that gradient_check found.
struct gradient_report {
    double relative_error = 0;  ///< |a - n| / max(|a|, |n|, floor times the gradient's largest entry)
    double absolute_error = 0;  ///< |a - n| of the same entry
    index_t parameter = -1;     ///< where, in the flat order; -1 when everything agrees to the last bit
    double analytic = 0;        ///< a: what the model's `level` says there
    double numeric = 0;         ///< n: what `reference` says there
    std::string level;          ///< "pullback", "jacobian", "formed parts" or "outer-product parts"
    std::string reference;      ///< "central differences" or another level
    index_t compared = 0;       ///< how many pairs of numbers

    bool passed(double tolerance = 1e-5) const { return compared > 0 && relative_error <= tolerance; }

    /// One line for a message: how much was compared, and the worst entry with its two values.
    std::string describe() const {
        std::ostringstream line;
        line << compared << " numbers compared";
        if (parameter >= 0)
            line << "; worst at parameter " << parameter << ": " << level << " gives " << analytic << ", "
                 << reference << ' ' << numeric << " (relative error " << relative_error << ')';
        return line.str();
    }

    /// Takes one pair of numbers in; whatever is not finite counts as infinitely wrong.
    void add(double a, double n, double smallest_scale, index_t at, const std::string& of,
             const std::string& against) {
        ++compared;
        const double difference = std::abs(a - n);
        const double scale =
            std::max({std::abs(a), std::abs(n), smallest_scale, std::numeric_limits<double>::min()});
        const double error =
            std::isfinite(difference) ? difference / scale : std::numeric_limits<double>::infinity();
        if (error <= relative_error) return;
        *this = {error, difference, at, a, n, of, against, compared};
    }
};

/// Checks J(x)^T u as the model's code computes it, at every level the model has (jacobian, pullback, parts
/// formed and as outer products): against each other, and, when the model has weights() and set_weights(w)
/// and gives its logits, against central differences of u . z(x; w) in each weight. Works on copies of the
/// model.
///
///     const auto report = lpntk::gradient_check(model, x);
///     if (!report.passed()) throw std::logic_error(report.describe());
///
/// `u` has length K. Where z has a kink (ReLU, max-pooling) a difference may straddle it: try other samples
/// before blaming the gradient. In float differences are good to about 1e-2 only. Throws argument_error when
/// lengths do not match. Cost: 2 forward passes a parameter.
template <jacobian_provider Model>
gradient_report gradient_check(const Model& model, vector_view<typename Model::scalar> x,
                               vector_view<typename Model::scalar> u, gradient_check_options options = {}) {
    using scalar = typename Model::scalar;
    constexpr bool differences = has_weights<Model> && gives_logits<Model>;
    constexpr int levels_of_model =
        int{has_jacobian<Model>} + int{has_pullback<Model>} + 2 * int{has_parts<Model>};
    static_assert(differences || levels_of_model > 1,
                  "nothing to check against: give the model weights(), set_weights(w) and logits(x, z)");
    const auto parameters = static_cast<index_t>(model.parameters());
    require(u.size() == static_cast<index_t>(model.outputs()), "gradient_check", "length of the cotangent u",
            u.size(), model.outputs());
    require(options.parameters >= 0, "gradient_check", "parameters", options.parameters, ">= 0 (0: all)");

    const auto levels = detail::pullback_by_levels(model, x, u);
    const auto& [first_name, first] = levels.front();
    const double smallest_scale =
        parameters > 0 ? options.floor * static_cast<double>(first.cwiseAbs().maxCoeff()) : 0.0;
    gradient_report report;
    for (std::size_t l = 1; l < levels.size(); ++l)
        for (index_t p = 0; p < parameters; ++p)
            report.add(levels[l].second[p], first[p], smallest_scale, p, levels[l].first, first_name);

    if constexpr (differences) {
        Model copy = model;
        vector<scalar> weights = model.weights();
        require(weights.size() == parameters, "gradient_check", "length of weights()", weights.size(),
                parameters);
        const double step =
            options.step > 0 ? options.step : std::cbrt(std::numeric_limits<scalar>::epsilon());
        const index_t checks =
            options.parameters == 0 ? parameters : std::min(options.parameters, parameters);
        random_stream draw(options.seed, 1);
        for (index_t c = 0; c < checks; ++c) {
            const index_t p = checks == parameters ? c : draw.below(parameters);
            const scalar kept = weights[p];
            const auto h = static_cast<scalar>(step * std::max(1.0, std::abs(static_cast<double>(kept))));
            const scalar up = kept + h;
            const scalar down = kept - h;
            weights[p] = up;
            copy.set_weights(weights);
            vector<scalar> change = detail::logits_of(copy, x);
            weights[p] = down;
            copy.set_weights(weights);
            change -= detail::logits_of(copy, x);
            weights[p] = kept;
            const double numeric = static_cast<double>(u.dot(change)) / static_cast<double>(up - down);
            for (const auto& [name, gradient] : levels)
                report.add(gradient[p], numeric, smallest_scale, p, name, "central differences");
        }
    }
    return report;
}

/// The same with a random cotangent of norm 1, drawn by options.seed.
template <jacobian_provider Model>
gradient_report gradient_check(const Model& model, vector_view<typename Model::scalar> x,
                               gradient_check_options options = {}) {
    vector<typename Model::scalar> u(static_cast<index_t>(model.outputs()));
    random_stream draw(options.seed, 0);
    for (index_t k = 0; k < u.size(); ++k) u[k] = static_cast<typename Model::scalar>(draw.normal());
    u.normalize();
    return gradient_check(model, x, vector_view<typename Model::scalar>(u), options);
}

}  // namespace lpntk
