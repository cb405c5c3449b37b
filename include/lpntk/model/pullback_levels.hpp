#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/model/batch_pass.hpp"
#include "lpntk/model/flat_parts.hpp"
#include "lpntk/model/jacobian_provider.hpp"

/// What a model says of one sample at each of its levels, for gradient_check.
namespace lpntk::inline LPNTK_TARGET::detail {

/// J(x)^T u by parts(), x being the last of a batch of two so that a mix-up of rows shows.
template <has_parts Model>
vector<typename Model::scalar> pullback_by_parts(const Model& model, const vector_view<typename Model::scalar>& x,
                                                 const vector_view<typename Model::scalar>& u, part_form form) {
    using scalar = typename Model::scalar;
    matrix<scalar> batch(2, x.size());
    batch.row(0) = scalar(0.5) * x.transpose();
    batch.row(1) = x.transpose();
    const auto fill = [&](index_t, const matrix_view<scalar>&, matrix_span<scalar> filled) {
        filled.row(0) = -u.transpose();
        filled.row(1) = u.transpose();
    };
    matrix<scalar> features(2, static_cast<index_t>(model.parameters()));
    batch_pass<Model> pass(model, "gradient_check");
    flat_parts<scalar> sink(pass.layouts(), features, form);
    pass(batch, 0, fill, sink);
    return features.row(1).transpose();
}

/// J(x)^T u by every level that the model has, each with its name.
template <jacobian_provider Model>
std::vector<std::pair<std::string, vector<typename Model::scalar>>> pullback_by_levels(
    const Model& model, const vector_view<typename Model::scalar>& x, const vector_view<typename Model::scalar>& u) {
    using scalar = typename Model::scalar;
    const auto parameters = static_cast<index_t>(model.parameters());
    std::vector<std::pair<std::string, vector<scalar>>> levels;
    if constexpr (has_jacobian<Model>) {
        matrix<scalar> jacobian(static_cast<index_t>(model.outputs()), parameters);
        model.jacobian(x, matrix_span<scalar>(jacobian));
        levels.emplace_back("jacobian", jacobian.transpose() * u);
    }
    if constexpr (has_pullback<Model>) {
        vector<scalar> g(parameters);
        model.pullback(x, u, vector_span<scalar>(g));
        levels.emplace_back("pullback", std::move(g));
    }
    if constexpr (has_parts<Model>) {
        levels.emplace_back("dense parts", pullback_by_parts(model, x, u, part_form::dense));
        levels.emplace_back("parts as factors", pullback_by_parts(model, x, u, part_form::factors));
        const std::vector<part_layout> layouts = model.part_layouts();
        const auto has_window = [](const part_layout& layout) { return layout.window.has_value(); };
        if (std::any_of(layouts.begin(), layouts.end(), has_window))
            levels.emplace_back("parts as pixels", pullback_by_parts(model, x, u, part_form::pixels));
    }
    return levels;
}

}  // namespace lpntk::detail
