#pragma once

#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/nn/layer.hpp"

namespace lpntk::nn {

/// What a part_writer keeps for one part: formed values, or cotangents and patches by position.
template <class T>
struct part_buffers {
    matrix<T> formed, cotangents, patches;
};

namespace detail {

struct no_state {};

template <class Layer, class T>
struct state_of {
    using type = no_state;
};

template <weighted_layer Layer, class T>
struct state_of<Layer, T> {
    using type = typename Layer::template state<T>;
};

}  // namespace detail

/// Everything a network computes for one batch: activations, their gradients and the layers' scratch.
///
/// Between layers that go sample by sample an activation that no backward pass reads has one row only,
/// used by all samples in turn, so that it stays in cache. Allocated at the first batch, then reused; for one
/// thread. The batch is copied: the caller's may be gone before the backward pass.
template <class T, layer... Layers>
class batch_buffers {
public:
    static constexpr std::size_t depth = sizeof...(Layers);
    using shapes = std::array<image_shape, depth + 1>;

    index_t samples = 0;
    random_stream* random = nullptr;
    std::array<matrix<T>, depth> outputs;    ///< of each layer
    std::array<matrix<T>, depth> gradients;  ///< of each layer's output
    std::tuple<typename detail::state_of<Layers, T>::type...> states;
    std::vector<part_buffers<T>> parts;

    void start(const matrix_view<T>& batch, const shapes& shape, const std::tuple<Layers...>& layers,
               random_stream* with_random) {
        random = with_random;
        samples = batch.rows();
        batch_ = batch;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (start_layer<I>(std::get<I>(layers).memo_size(shape[I]), shape[I + 1].size()), ...);
        }(std::index_sequence_for<Layers...>{});
    }

    template <std::size_t I>
    const T* input(index_t sample) {
        if constexpr (I == 0)
            return batch_.data() + sample * batch_.cols();
        else
            return output<I - 1>(sample);
    }

    template <std::size_t I>
    T* output(index_t sample) {
        return outputs[I].data() + (keeps_output<I> ? sample * outputs[I].cols() : 0);
    }

    template <std::size_t I>
    T* output_gradient(index_t sample) {
        return gradients[I].data() + (meets_batch<I> ? sample * gradients[I].cols() : 0);
    }

    template <std::size_t I>
    std::uint8_t* memo(index_t sample) {
        return memos_[I].data() + sample * memo_sizes_[I];
    }

private:
    template <std::size_t I>
    using at = std::tuple_element_t<I, std::tuple<Layers...>>;

    /// The output of layer I is written or read by a layer that takes the whole batch.
    template <std::size_t I>
    static constexpr bool meets_batch = [] {
        if constexpr (I + 1 < depth)
            return !at<I>::by_sample || !at<I + 1>::by_sample;
        else
            return true;
    }();

    /// The last layer's input is kept, too: last_layer_features() reads it.
    template <std::size_t I>
    static constexpr bool keeps_output = [] {
        if constexpr (I + 2 < depth)
            return meets_batch<I> || at<I>::keeps_output || at<I + 1>::keeps_input;
        else
            return true;
    }();

    template <std::size_t I>
    void start_layer(index_t memo_size, index_t output_size) {
        outputs[I].resize(keeps_output<I> ? samples : 1, output_size);
        gradients[I].resize(meets_batch<I> ? samples : 1, output_size);
        memo_sizes_[I] = memo_size;
        memos_[I].resize(static_cast<std::size_t>(memo_size * samples));
    }

    matrix<T> batch_;
    std::array<std::vector<std::uint8_t>, depth> memos_;
    std::array<index_t, depth> memo_sizes_{};
};

}  // namespace lpntk::nn
