#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>

#include "lpntk/nn/layer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// What a chain keeps for one batch: the states of its layers and what is between them.
///
/// A hidden activation that no backward pass reads, because no layer does or none follows, has rows only for the
/// samples that are taken at once, used by all in turn, so that it stays in cache; so have gradients and tangents
/// between two layers that go sample by sample.
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
    std::array<layer_offsets, depth + 1> offsets;              ///< of each layer's numbers, and behind the last's
    std::tuple<typename Layers::template state<T>...> layers;  ///< each of the same thread
    index_t at_once = 1;                                       ///< samples of a run of layers that go sample by sample

    /// For layer I, once a batch: a row for each sample where a batch meets or keeps it, else for those taken at once.
    template <std::size_t I>
    void make_room_for_output(const layer_call<T>& call) {
        if constexpr (I + 1 < depth)
            make_room(call, call.alone ? meets_batch<I> : keeps_output<I>, shapes[I + 1], outputs_[I]);
    }

    /// Likewise for the gradients or tangents behind layer I.
    template <std::size_t I>
    void make_room_for_differential(const layer_call<T>& call) {
        if constexpr (I + 1 < depth) make_room(call, meets_batch<I>, shapes[I + 1], differentials_[I]);
    }

    /// The call for layer I and `count` of the call's samples from the n-th on.
    template <std::size_t I>
    layer_call<T> inner(const layer_call<T>& call, index_t n, index_t count) const {
        layer_call<T> own = call.inside(offsets[I]);
        own.in = shapes[I];
        own.out = shapes[I + 1];
        own.first += n;
        own.count = count;
        return own;
    }

    /// What belongs to layer I and the call's n-th sample: the caller's row at the ends of the chain, else a row here.
    /// by_input, the gradient by, or the tangent of, the input, is null when there is none: dx is null and no layer
    /// before has weights.
    /// @{
    template <std::size_t I>
    const T* input(const layer_call<T>& call, const T* x, index_t n) const {
        if constexpr (I == 0)
            return x + n * call.in.size();
        else
            return row(outputs_[I - 1], call.first + n);
    }

    template <std::size_t I, class Output>
    Output* output(const layer_call<T>& call, Output* y, index_t n) {
        if constexpr (I + 1 == depth)
            return y + n * call.out.size();
        else
            return row(outputs_[I], call.first + n);
    }

    template <std::size_t I, class Input>
    Input* by_input(const layer_call<T>& call, Input* dx, index_t n) {
        if (offsets[I].parts == 0 && !dx) return nullptr;
        if constexpr (I == 0)
            return dx + n * call.in.size();
        else
            return row(differentials_[I - 1], call.first + n);
    }

    template <std::size_t I, class Output>
    Output* by_output(const layer_call<T>& call, Output* dy, index_t n) {
        if constexpr (I + 1 == depth)
            return dy + n * call.out.size();
        else
            return row(differentials_[I], call.first + n);
    }

    /// @}

private:
    void make_room(const layer_call<T>& call, bool for_all, image_shape of_sample, matrix<T>& rows) const {
        rows.resize(for_all ? call.count : std::min(at_once, call.count), of_sample.size());
    }

    template <class Matrix>
    static auto* row(Matrix& rows, index_t sample) {
        return rows.data() + sample % rows.rows() * rows.cols();
    }

    std::array<matrix<T>, depth - 1> outputs_, differentials_;
};

}  // namespace lpntk::nn
