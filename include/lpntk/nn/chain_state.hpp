#pragma once

#include <array>
#include <cstddef>
#include <tuple>

#include "lpntk/nn/layer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// What a chain keeps for one batch: the states of its layers and what is between them.
///
/// A hidden activation that no backward pass reads has one row only, used by all samples in turn, so that it stays in
/// cache; so have gradients and tangents between two layers that go sample by sample.
template <class T, layer... Layers>
class chain_state {
    static constexpr std::size_t depth = sizeof...(Layers);

    template <std::size_t I>
    using layer_at = std::tuple_element_t<I, std::tuple<Layers...>>;

    /// The output of layer I is written or read by a layer that takes all samples at once.
    template <std::size_t I>
    static constexpr bool meets_batch = !layer_at<I>::by_sample || !layer_at<I + 1>::by_sample;

    /// The output of layer I, which is not the last, has a row for each sample.
    template <std::size_t I>
    static constexpr bool keeps_output = meets_batch<I> || layer_at<I>::keeps_output || layer_at<I + 1>::keeps_input;

public:
    std::array<image_shape, depth + 1> shapes;                 ///< before the first layer, and behind each
    std::array<index_t, depth> offsets{};                      ///< of each layer's weights
    std::tuple<typename Layers::template state<T>...> layers;  ///< each of the same thread

    /// For layer I, once a batch: a row for each sample where a batch meets or keeps it, else one.
    template <std::size_t I>
    void make_room_for_output(index_t samples) {
        if constexpr (I + 1 < depth) outputs_[I].resize(keeps_output<I> ? samples : 1, shapes[I + 1].size());
    }

    /// Likewise for the gradients or tangents behind layer I.
    template <std::size_t I>
    void make_room_for_differential(index_t samples) {
        if constexpr (I + 1 < depth) differentials_[I].resize(meets_batch<I> ? samples : 1, shapes[I + 1].size());
    }

    /// The row of a sample of the batch in the output of layer I.
    template <std::size_t I>
    T* output(index_t sample) {
        return outputs_[I].data() + (keeps_output<I> ? sample * outputs_[I].cols() : 0);
    }

    /// The same of the gradient by that output, or of its tangent.
    template <std::size_t I>
    T* differential(index_t sample) {
        return differentials_[I].data() + (meets_batch<I> ? sample * differentials_[I].cols() : 0);
    }

private:
    std::array<matrix<T>, depth - 1> outputs_, differentials_;
};

}  // namespace lpntk::nn
