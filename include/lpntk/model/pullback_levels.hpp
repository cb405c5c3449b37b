#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/model/flat_parts.hpp"
#include "lpntk/model/jacobian_provider.hpp"

/// What a model says of one sample at each of its levels, for gradient_check.
namespace lpntk::detail {

template <class T>
struct ignore_parts {
    bool forms(index_t) const { return false; }
    void dense(index_t, const matrix_view<T>&) {}
    void outer(index_t, const matrix_view<T>&, const matrix_view<T>&) {}
    void positions(index_t, const matrix_view<T>&, const matrix_view<T>&) {}
};

template <gives_logits Model>
vector<typename Model::scalar> logits_of(const Model& model, const vector_view<typename Model::scalar>& x) {
    using scalar = typename Model::scalar;
    vector<scalar> z(static_cast<index_t>(model.outputs()));
    if constexpr (has_logits<Model>) {
        model.logits(x, z);
    } else {
        typename Model::workspace workspace;
        const auto keep = [&](const matrix_view<scalar>& logits, matrix_span<scalar> u) {
            z = logits.row(0).transpose();
            u.setZero();
        };
        model.parts(workspace, Eigen::Map<const matrix<scalar>>(x.data(), 1, x.size()), keep,
                    ignore_parts<scalar>{});
    }
    return z;
}

/// J(x)^T u by parts(), x being the last of a batch of two so that a mix-up of rows shows.
template <has_parts Model>
vector<typename Model::scalar> pullback_by_parts(const Model& model,
                                                 const vector_view<typename Model::scalar>& x,
                                                 const vector_view<typename Model::scalar>& u, bool form) {
    using scalar = typename Model::scalar;
    matrix<scalar> batch(2, x.size());
    batch.row(0) = scalar(0.5) * x.transpose();
    batch.row(1) = x.transpose();
    const auto fill = [&](const matrix_view<scalar>&, matrix_span<scalar> filled) {
        filled.row(0) = -u.transpose();
        filled.row(1) = u.transpose();
    };
    matrix<scalar> features(2, static_cast<index_t>(model.parameters()));
    flat_parts<scalar> sink(model.part_layouts(), features, form);
    typename Model::workspace workspace;
    model.parts(workspace, batch, fill, sink);
    sink.require_complete();
    return features.row(1).transpose();
}

/// J(x)^T u by every level that the model has, each with its name.
template <jacobian_provider Model>
std::vector<std::pair<std::string, vector<typename Model::scalar>>> pullback_by_levels(
    const Model& model, const vector_view<typename Model::scalar>& x,
    const vector_view<typename Model::scalar>& u) {
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
        model.pullback(x, u, g);
        levels.emplace_back("pullback", std::move(g));
    }
    if constexpr (has_parts<Model>) {
        levels.emplace_back("formed parts", pullback_by_parts(model, x, u, true));
        levels.emplace_back("outer-product parts", pullback_by_parts(model, x, u, false));
    }
    return levels;
}

}  // namespace lpntk::detail
