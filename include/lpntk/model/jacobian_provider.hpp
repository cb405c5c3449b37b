#pragma once

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/flat_parts.hpp"
#include "lpntk/model/part_layout.hpp"

namespace lpntk {

/// The least that parts() may expect of its last two arguments; models must work with no more than this.
namespace archetype {

/// Fills the cotangents `u` (b x K) of a batch once its logits (b x K) are known.
template <class T>
struct cotangents {
    void operator()(matrix_view<T> logits, matrix_span<T> u) const;
};

/// Receives the parts of a batch of b features, each part once.
template <class T>
struct sink {
    bool forms(index_t part) const;                                    ///< must the part come dense?
    void dense(index_t part, matrix_view<T> values);                   ///< b x layout.parameters()
    void outer(index_t part, matrix_view<T> d, matrix_view<T> a);      ///< b x outputs, b x inputs
    void positions(index_t part, matrix_view<T> d, matrix_view<T> a);  ///< b x (T outputs), b x (T inputs)
};

}  // namespace archetype

/// What every model has: `scalar` (float or double), `outputs()` (K) and `parameters()` (P).
template <class Model>
concept has_sizes = std::floating_point<typename Model::scalar> && requires(const Model& model) {
    { model.outputs() } -> std::convertible_to<index_t>;
    { model.parameters() } -> std::convertible_to<index_t>;
};

/// The model gives its logits z (length K) for a sample x.
template <class Model>
concept has_logits =
    has_sizes<Model> && requires(const Model& model, vector_view<typename Model::scalar> x,
                                 vector_span<typename Model::scalar> z) { model.logits(x, z); };

/// Level 1, the easiest: the model writes the Jacobian of its logits, J = dz/dw (K x P).
template <class Model>
concept has_jacobian =
    has_sizes<Model> && requires(const Model& model, vector_view<typename Model::scalar> x,
                                 matrix_span<typename Model::scalar> j) { model.jacobian(x, j); };

/// Level 2: the model writes g := J(x)^T u (length P), one backward pass.
template <class Model>
concept has_pullback =
    has_sizes<Model> &&
    requires(const Model& model, vector_view<typename Model::scalar> x, vector_view<typename Model::scalar> u,
             vector_span<typename Model::scalar> g) { model.pullback(x, u, g); };

/// Level 3, the fastest: the model works on batches and hands out the structure of its layers.
template <class Model>
concept has_parts = has_sizes<Model> && std::default_initializable<typename Model::workspace> &&
                    requires(const Model& model, typename Model::workspace& workspace,
                             matrix_view<typename Model::scalar> batch,
                             archetype::cotangents<typename Model::scalar> cotangents,
                             archetype::sink<typename Model::scalar> sink) {
                        { model.part_layouts() } -> std::convertible_to<std::vector<part_layout>>;
                        model.parts(workspace, batch, cotangents, sink);
                    };

/// A model whose logits can be asked for, alone or as the first step of parts().
template <class Model>
concept gives_logits = has_logits<Model> || has_parts<Model>;

/// A classifier at fixed weights, as the whole library sees it: sizes and at least one of the three levels.
///
/// | member                                 | writes                            | needed                    |
/// | -------------------------------------- | --------------------------------- | ------------------------- |
/// | `using scalar`                         |                                   | always; float or double   |
/// | `outputs()`, `parameters()`            | returns K, P                      | always                    |
/// | `jacobian(x, j)`                       | j := dz/dw, K x P                 | one of these three;       |
/// | `pullback(x, u, g)`                    | g := J(x)^T u, length P           | the library derives       |
/// | `workspace, part_layouts(), parts()`   | a batch of features, by parts     | what is left out          |
/// | `logits(x, z)`                         | z(x), length K                    | by cotangents that read z |
///
/// A model with parts() gives its logits there; it needs no logits(x, z).
///
/// Every member is const and must be safe to call from several threads at once; the library never asks for
/// the weights themselves. Outputs are to be overwritten, not added to. The order of the parameters is free.
///
/// parts(workspace, batch, cotangents, sink) runs forward on the b x D batch, calls cotangents(logits, u)
/// once to have the b x K matrix u filled, runs backward, and for every layout calls exactly one of
/// sink.dense, sink.outer (positions == 1) and sink.positions (positions > 1); see part_layout for what they
/// hold. For a layout with inputs it first asks sink.forms(part): if true, it forms the part and calls
/// sink.dense. The workspace is reused from call to call by one thread.
///
/// A complete model, softmax regression with P = K D weights:
///
///     struct softmax_regression {
///         using scalar = double;
///         lpntk::matrix<double> weights;                                            // K x D
///
///         lpntk::index_t outputs() const { return weights.rows(); }
///         lpntk::index_t parameters() const { return weights.size(); }
///         void logits(lpntk::vector_view<double> x, lpntk::vector_span<double> z) const {
///             z.noalias() = weights * x;
///         }
///         void pullback(lpntk::vector_view<double> x, lpntk::vector_view<double> u,
///                       lpntk::vector_span<double> g) const {                       // g := J(x)^T u
///             Eigen::Map<lpntk::matrix<double>>(g.data(), weights.rows(), weights.cols()).noalias() =
///                 u * x.transpose();
///         }
///     };
///     static_assert(lpntk::jacobian_provider<softmax_regression>);
///
///     const auto phi = lpntk::tangent_features(model, inputs, labels, lpntk::label_signs{});
template <class Model>
concept jacobian_provider =
    has_sizes<Model> && (has_jacobian<Model> || has_pullback<Model> || has_parts<Model>);

/// Scratch of `pullback`, kept by a caller that pulls back many samples; used by one thread at a time.
template <class Model>
struct pullback_workspace {
    matrix<typename Model::scalar> jacobian;  ///< K x P, only for models with nothing but a Jacobian
};

/// g := J(x)^T u by the best level the model has: its pullback, its Jacobian (K x P numbers of scratch and
/// 2 K P flops more), or its parts, formed for a batch of one.
///
/// `u` has length K, `g` length P. Throws argument_error when they have not. Thread-safe.
template <jacobian_provider Model>
void pullback(const Model& model, vector_view<typename Model::scalar> x,
              vector_view<typename Model::scalar> u, vector_span<typename Model::scalar> g,
              pullback_workspace<Model>& workspace) {
    using scalar = typename Model::scalar;
    const auto outputs = static_cast<index_t>(model.outputs());
    const auto parameters = static_cast<index_t>(model.parameters());
    require(u.size() == outputs, "pullback", "length of the cotangent u", u.size(), outputs);
    require(g.size() == parameters, "pullback", "length of g", g.size(), parameters);
    if constexpr (has_pullback<Model>) {
        model.pullback(x, u, g);
    } else if constexpr (has_jacobian<Model>) {
        workspace.jacobian.resize(outputs, parameters);
        model.jacobian(x, matrix_span<scalar>(workspace.jacobian));
        g.noalias() = workspace.jacobian.transpose() * u;
    } else {
        const Eigen::Map<const matrix<scalar>> batch(x.data(), 1, x.size());
        Eigen::Map<matrix<scalar>> row(g.data(), 1, parameters);
        flat_parts<scalar> sink(model.part_layouts(), row, true);
        typename Model::workspace scratch;
        model.parts(
            scratch, batch,
            [&](matrix_view<scalar>, matrix_span<scalar> filled) { filled.row(0) = u.transpose(); }, sink);
        sink.require_complete();
    }
}

/// The same with scratch of its own.
template <jacobian_provider Model>
void pullback(const Model& model, vector_view<typename Model::scalar> x,
              vector_view<typename Model::scalar> u, vector_span<typename Model::scalar> g) {
    pullback_workspace<Model> workspace;
    pullback(model, x, u, g, workspace);
}

}  // namespace lpntk
