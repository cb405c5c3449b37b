#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

#include "lpntk/core/types.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/logits.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

namespace archetype {

/// Sets the rows of the cotangents u (b x K) of the samples first, first + 1, ... once their logits z (b x K) are
/// known.
template <class T>
struct fill_cotangents {
    /// Sets every number of `u`; may be called from several threads at once, for different samples.
    void operator()(index_t first, const matrix_view<T>& z, matrix_span<T> u) const;
};

/// The least that train() and train_best() expect of a model.
template <class T>
struct trainable {
    using scalar = T;                                            ///< float or double
    struct sum_workspace {};                                     ///< what is reused from step to step, made by default
    index_t outputs() const;                                     ///< K
    index_t parameters() const;                                  ///< P
    const vector<T>& weights() const;                            ///< P, or anything that a vector_view can see
    vector_span<T> mutable_weights();                            ///< P, changed in place by each step
    void set_weights(vector_view<T> weights);                    ///< P
    matrix<T> logits(matrix_view<T> inputs, int threads) const;  ///< of N x D inputs, N x K, without dropout
    void summed_pullback(sum_workspace& buffers, matrix_view<T> inputs, fill_cotangents<T>& fill, vector_span<T> g,
                         int threads,
                         std::optional<std::uint64_t> dropout_seed) const;  ///< g := sum over n of J_n^T u_n
};

}  // namespace archetype

/// The model's weights can be changed in place.
template <class Model>
concept holds_weights = has_weights<Model> && requires(Model& changed) {
    { changed.mutable_weights() } -> std::convertible_to<vector_span<typename Model::scalar>>;
};

/// The sum of pullbacks over a batch, in one call with buffers of the model's own.
template <class Model>
concept sums_pullbacks =
    has_sizes<Model> && std::default_initializable<typename Model::sum_workspace> &&
    requires(const Model& model, typename Model::sum_workspace& buffers, matrix_view<typename Model::scalar> inputs,
             archetype::fill_cotangents<typename Model::scalar>& fill, vector_span<typename Model::scalar> g,
             std::optional<std::uint64_t> dropout_seed) {
        model.summed_pullback(buffers, inputs, fill, g, 1, dropout_seed);
    };

/// A classifier that train() can train: it holds its P weights in one vector, gives the logits of many samples and sums
/// up pullbacks over a batch. Every network is one; for the members of a model of your own see archetype::trainable.
///
/// summed_pullback(buffers, inputs, fill, g, threads, dropout_seed) runs the inputs forward, has the cotangents filled,
/// piece by piece if it likes, runs backward and sets g := sum over n of J(x_n)^T u_n; with a seed it drops out what
/// the seed names. Training is as repeatable as it is. The buffers are reused from step to step.
template <class Model>
concept trainable = holds_weights<Model> && has_batched_logits<Model> && sums_pullbacks<Model>;

/// The model also has running statistics (see batch_norm): buffers.observed() are those after the last pass of training
/// with the buffers; state() and set_state() are weights and statistics in one.
template <class Model>
concept holds_statistics = requires(Model& changed, const Model& model, const typename Model::sum_workspace& buffers) {
    changed.set_statistics(buffers.observed());
    changed.set_state(model.state());
};

namespace detail {

/// All that training changes.
template <trainable Model>
vector<typename Model::scalar> state_of(const Model& model) {
    if constexpr (holds_statistics<Model>)
        return model.state();
    else
        return vector_view<typename Model::scalar>(model.weights());
}

template <trainable Model>
void set_state_of(Model& model, const vector<typename Model::scalar>& state) {
    if constexpr (holds_statistics<Model>)
        model.set_state(state);
    else
        model.set_weights(state);
}

}  // namespace detail
}  // namespace lpntk::nn
