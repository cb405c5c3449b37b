#pragma once

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/batch_pass.hpp"
#include "lpntk/model/flat_parts.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// g := J(x)^T u for one sample, by the best level the model has: its parts, formed for a batch of one, its pullback,
/// or its Jacobian (K x P numbers of scratch and 2 K P flops more).
///
/// `u` has length K, `g` length P. Throws argument_error when they have not, and what batch_pass throws. Thread-safe.
/// To pull back many samples use tangent_features or for_each_batch, which keep their scratch.
template <jacobian_provider Model>
void pullback(const Model& model, const vector_view<typename Model::scalar>& x,
              const vector_view<typename Model::scalar>& u, vector_span<typename Model::scalar> g) {
    using T = typename Model::scalar;
    require(u.size() == static_cast<index_t>(model.outputs()), "pullback", "length of the cotangent u", u.size(),
            model.outputs());
    require(g.size() == static_cast<index_t>(model.parameters()), "pullback", "length of g", g.size(),
            model.parameters());
    batch_pass<Model> pass(model, "pullback");
    flat_parts<T> sink(pass.layouts(), Eigen::Map<matrix<T>>(g.data(), 1, g.size()));
    pass(
        Eigen::Map<const matrix<T>>(x.data(), 1, x.size()), 0,
        [&](index_t, const matrix_view<T>&, matrix_span<T> filled) { filled.row(0) = u.transpose(); }, sink);
}

}  // namespace lpntk
