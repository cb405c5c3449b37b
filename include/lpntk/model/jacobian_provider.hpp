#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/output_probe.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace archetype {

/// Fills the cotangents `u` (b x K) of a batch once its logits (b x K) are known.
template <class T>
struct cotangents {
    /// For parts() to call once, before its backward pass; overwrites all of `u`.
    void operator()(matrix_view<T> logits, matrix_span<T> u) const;
};

}  // namespace archetype

/// What every model has: `scalar` (float or double), `outputs()` (K) and `parameters()` (P).
template <class Model>
concept has_sizes = std::floating_point<typename Model::scalar> && requires(const Model& model) {
    { model.outputs() } -> std::convertible_to<index_t>;
    { model.parameters() } -> std::convertible_to<index_t>;
};

/// The model says how many numbers a sample has, D.
template <class Model>
concept has_inputs = requires(const Model& model) {
    { model.inputs() } -> std::convertible_to<index_t>;
};

/// The model says which images it takes.
template <class Model>
concept has_input_shape = requires(const Model& model) {
    { model.input_shape() } -> std::convertible_to<image_shape>;
};

/// The model gives its logits z (length K) for a sample x.
template <class Model>
concept has_logits = has_sizes<Model> && requires(const Model& model, vector_view<typename Model::scalar> x,
                                                  vector_probe<typename Model::scalar>& z) { model.logits(x, z); };

/// Level 1, the easiest: the model writes the Jacobian of its logits, J = dz/dw (K x P).
template <class Model>
concept has_jacobian = has_sizes<Model> && requires(const Model& model, vector_view<typename Model::scalar> x,
                                                    matrix_probe<typename Model::scalar>& j) { model.jacobian(x, j); };

/// Level 2: the model writes g := J(x)^T u (length P), one backward pass.
template <class Model>
concept has_pullback =
    has_sizes<Model> &&
    requires(const Model& model, vector_view<typename Model::scalar> x, vector_view<typename Model::scalar> u,
             vector_probe<typename Model::scalar>& g) { model.pullback(x, u, g); };

/// Level 3, the fastest: the model works on batches and hands out the structure of its layers.
template <class Model>
concept has_parts =
    has_sizes<Model> && std::default_initializable<typename Model::workspace> &&
    requires(const Model& model, typename Model::workspace& workspace, matrix_view<typename Model::scalar> batch,
             archetype::cotangents<typename Model::scalar> cotangents, archetype::sink<typename Model::scalar>& sink) {
        { model.part_layouts() } -> std::convertible_to<std::vector<part_layout>>;
        model.parts(workspace, batch, cotangents, sink);
    };

/// A model whose logits can be asked for, alone or as the first step of parts().
template <class Model>
concept gives_logits = has_logits<Model> || has_parts<Model>;

/// The model gives its weights as a flat vector, in the order of its gradient, and a copy of it takes others.
template <class Model>
concept has_weights = has_sizes<Model> && std::copy_constructible<Model> &&
                      requires(const Model& model, Model& copy, vector_view<typename Model::scalar> w) {
                          { model.weights() } -> std::convertible_to<vector<typename Model::scalar>>;
                          copy.set_weights(w);
                      };

/// A classifier at fixed weights, as the whole library sees it: sizes and at least one of the three levels.
///
/// | member                                 | writes                            | needed                        |
/// | -------------------------------------- | --------------------------------- | ----------------------------- |
/// | `using scalar`                         |                                   | always; float or double       |
/// | `outputs()`, `parameters()`            | returns K, P                      | always                        |
/// | `jacobian(x, j)`                       | j := dz/dw, K x P                 | one of these three;           |
/// | `pullback(x, u, g)`                    | g := J(x)^T u, length P           | the library derives           |
/// | `workspace, part_layouts(), parts()`   | a batch of features, by parts     | what is left out              |
/// | `inputs()`                             | returns D, which is then checked  | never, but a good idea        |
/// | `input_shape()`                        | returns the image_shape, the same | never                         |
/// | `logits(x, z)`                         | z(x), length K                    | by cotangents that read z     |
/// | `pushforward(x, v, dz)`                | dz := J(x) v, length K            | never (see pushforward.hpp)   |
/// | `weights()`, `set_weights(w)`          | returns P numbers; takes others   | by gradient_check             |
/// | `static constexpr bool serial = true`, | tells that it is not safe to call | by models that are not;       |
/// | or `bool serial()`                     | from several threads              | the library then does not     |
///
/// A model with parts() gives its logits there; it needs no logits(x, z).
///
/// Every member is const and must be safe to call from several threads at once, unless the model is `serial`; the
/// library never asks for the weights themselves. What a member writes it takes as vector_span or matrix_span (an
/// Eigen::Ref), never by value, and overwrites it, not adds to it. The order of the parameters is free.
///
/// parts(workspace, batch, cotangents, sink) runs forward on the b x D batch, calls cotangents(logits, u)
/// once to have the b x K matrix u filled, runs backward, and hands every part to the sink in the form that it wants
/// (part_sink.hpp). The workspace is reused from call to call by one thread. If it has a member hold_weights(), that is
/// called before a run of calls between which the model does not change: it may keep then what follows from the
/// weights.
///
/// A complete model, softmax regression with P = K D weights, is README's (tests/model/readme_model.hpp):
///
///     struct softmax_regression {
///         using scalar = double;
///         lpntk::matrix<double> weights;                                            // K x D
///
///         lpntk::index_t inputs() const { return weights.cols(); }
///         lpntk::index_t outputs() const { return weights.rows(); }
///         lpntk::index_t parameters() const { return weights.size(); }
///         void logits(lpntk::vector_view<double> x, lpntk::vector_span<double> z) const { z = weights * x; }
///         void pullback(lpntk::vector_view<double> x, lpntk::vector_view<double> u,
///                       lpntk::vector_span<double> g) const {                       // g := J(x)^T u
///             Eigen::Map<lpntk::matrix<double>>(g.data(), weights.rows(), weights.cols()) = u * x.transpose();
///         }
///     };
///     static_assert(lpntk::jacobian_provider<softmax_regression>);
///
///     const auto phi = lpntk::tangent_features(model, inputs, labels, lpntk::label_signs{});
template <class Model>
concept jacobian_provider = has_sizes<Model> && (has_jacobian<Model> || has_pullback<Model> || has_parts<Model>);

/// require_shape, and argument_error for images of another shape than the model says it takes; numbers without a
/// layout, {1, 1, D}, on either side need be as many only.
template <class Model, class T>
void require_shape(const dataset<T>& data, const Model& model, std::string_view function) {
    require_shape(data, function);
    if constexpr (has_input_shape<Model>) {
        const image_shape wanted = model.input_shape(), given = data.shape;
        const auto flat = [](const image_shape& s) { return s.height == 1 && s.width == 1; };
        const auto text = [](const image_shape& s) {
            return std::to_string(s.height) + " x " + std::to_string(s.width) + " x " + std::to_string(s.channels);
        };
        require(given == wanted || flat(given) || flat(wanted), function, "shape of the samples", text(given),
                "that of the model's input, " + text(wanted));
    }
}

/// require_valid, for samples that this model takes.
template <class Model, class T>
void require_valid(const dataset<T>& data, const Model& model, std::string_view function) {
    require_valid(data, function);
    require_shape(data, model, function);
}

/// Whether the model is to be called from one thread at a time: what its `serial` says, a constant or a member
/// function.
template <class Model>
constexpr bool is_serial(const Model& model) {
    if constexpr (requires { static_cast<bool>(model.serial()); })
        return static_cast<bool>(model.serial());
    else if constexpr (requires { static_cast<bool>(model.serial); })
        return static_cast<bool>(model.serial);
    static_assert(!requires(Model& own) { own.serial(); } || requires { model.serial(); }, "serial() must be const");
    return false;
}

/// As many threads as wanted (0: all), but one for a model that is serial.
template <class Model>
constexpr int threads_for(const Model& model, int wanted) {
    return is_serial(model) ? 1 : wanted;
}

}  // namespace lpntk
