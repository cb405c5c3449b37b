#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/gradient_report.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/pullback_levels.hpp"
#include "lpntk/model/weight_differences.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Of gradient_check().
struct gradient_check_options {
    index_t parameters = 0;  ///< how many, drawn at random, are checked by differences; 0: all
    double step = 0;         ///< relative to max(1, |w|); 0: the cube root of the scalar's machine epsilon
    double floor = 0.01;     ///< entries below floor times the largest are compared relative to that
    std::uint64_t seed = 0;  ///< of the random cotangent and of the parameters drawn
};

/// Checks J(x)^T u as the model's code computes it, at every level the model has (jacobian, pullback, parts
/// dense and as factors): against each other, and, when the model has weights() and set_weights(w)
/// and gives its logits, against central differences of u . z(x; w) in each weight. Works on copies of the
/// model.
///
///     const auto report = lpntk::gradient_check(model, x);
///     if (!report.passed()) throw std::logic_error(report.describe());
///
/// `u` has length K. Where z has a kink (ReLU, max-pooling) a difference may straddle it, and in float a small step
/// drowns in rounding: an entry that disagrees is tried again at up to three smaller steps, and the best counts. A
/// model whose parts are all it has, without weights to move, cannot be checked: its report never passes and says so.
/// Throws argument_error when lengths do not match. Cost: 2 forward passes a parameter, 8 for those that disagree.
template <jacobian_provider Model>
gradient_report gradient_check(const Model& model, const vector_view<typename Model::scalar>& x,
                               const vector_view<typename Model::scalar>& u, gradient_check_options options = {}) {
    using scalar = typename Model::scalar;
    constexpr bool differences = has_weights<Model> && gives_logits<Model>;
    constexpr int written_apart = int{has_jacobian<Model>} + int{has_pullback<Model>} + int{has_parts<Model>};
    static_assert(differences || has_parts<Model> || written_apart > 1,
                  "nothing to check against: give the model weights(), set_weights(w) and logits(x, z)");
    const auto parameters = static_cast<index_t>(model.parameters());
    require(u.size() == static_cast<index_t>(model.outputs()), "gradient_check", "length of the cotangent u", u.size(),
            model.outputs());
    require(options.parameters >= 0, "gradient_check", "parameters", options.parameters, ">= 0 (0: all)");

    const auto levels = detail::pullback_by_levels(model, x, u);
    const auto& [first_name, first] = levels.front();
    const double smallest_scale =
        parameters > 0 ? options.floor * static_cast<double>(first.cwiseAbs().maxCoeff()) : 0.0;
    gradient_report report;
    report.differences = differences;
    report.independent = differences || written_apart > 1;
    report.tolerance = sizeof(scalar) == sizeof(float) ? 1e-2 : 1e-5;
    for (std::size_t l = 1; l < levels.size(); ++l)
        for (index_t p = 0; p < parameters; ++p)
            report.add(levels[l].second[p], first[p], smallest_scale, p, levels[l].first, first_name);

    if constexpr (differences) {
        detail::weight_differences<Model> difference(model, x, u);
        const double first_step =
            options.step > 0 ? options.step : std::cbrt(static_cast<double>(std::numeric_limits<scalar>::epsilon()));
        random_stream draw(options.seed, 1);
        const index_t checks = options.parameters == 0 ? parameters : std::min(options.parameters, parameters);
        for (index_t c = 0; c < checks; ++c) {
            const index_t p = checks == parameters ? c : draw.below(parameters);
            std::vector<detail::weight_difference> tried;  // by step, each a quarter of the one before
            for (const auto& [name, gradient] : levels) {
                const auto error = [&, a = static_cast<double>(gradient[p])](const detail::weight_difference& n) {
                    return gradient_report::error_of(a, n.slope, smallest_scale, n.noise);
                };
                detail::weight_difference best{};
                for (std::size_t attempt = 0; attempt < 4; ++attempt) {
                    if (tried.size() <= attempt) tried.push_back(difference(p, first_step * std::pow(0.25, attempt)));
                    if (attempt > 0 && tried[attempt].noise > 0.5 * smallest_scale) break;
                    if (attempt == 0 || error(tried[attempt]) < error(best)) best = tried[attempt];
                    if (error(best) <= report.tolerance) break;
                }
                report.add(gradient[p], best.slope, smallest_scale, p, name, "central differences", best.noise);
            }
        }
    }
    return report;
}

/// The same with a random cotangent of norm 1, drawn by options.seed.
template <jacobian_provider Model>
gradient_report gradient_check(const Model& model, const vector_view<typename Model::scalar>& x,
                               gradient_check_options options = {}) {
    vector<typename Model::scalar> u(static_cast<index_t>(model.outputs()));
    random_stream draw(options.seed, 0);
    for (index_t k = 0; k < u.size(); ++k) u[k] = static_cast<typename Model::scalar>(draw.normal());
    u.normalize();
    return gradient_check(model, x, vector_view<typename Model::scalar>(u), options);
}

}  // namespace lpntk
