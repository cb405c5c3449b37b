#pragma once

#include <array>
#include <tuple>
#include <utility>

#include "lpntk/nn/batch_buffers.hpp"
#include "lpntk/nn/layer.hpp"

namespace lpntk::nn {

/// Forward and backward through the layers of a network, for one batch in its buffers.
///
/// Layers that go sample by sample are taken in runs: one sample passes the whole run before the next one starts, so
/// that it stays in cache. Backward calls, of its writer, for the weights of each layer
///     sample_part(part, sample, layer, call, x, dy, dx, state)   a convolution, one sample; it must call layer.backward
///     samples_done(part)                                         after the last sample of the batch
///     batch_part(part, rows, x, dy)                              a linear layer and the whole batch
/// Refers to the network; made for one call.
template <class T, layer... Layers>
struct layer_passes {
    using workspace = batch_buffers<T, Layers...>;
    static constexpr std::size_t depth = sizeof...(Layers);

    const std::tuple<Layers...>& layers;
    const std::array<image_shape, depth + 1>& shapes;
    const std::array<index_t, depth>& offsets;   ///< of each layer's weights
    const T* weights;

    /// Number of layers with weights before layer I.
    template <std::size_t I>
    static constexpr index_t part_of = [] {
        constexpr bool weighted[] = {Layers::has_weights...};
        index_t count = 0;
        for (std::size_t i = 0; i < I; ++i) count += weighted[i];
        return count;
    }();

    void forward(workspace& buffers) const {
        prepare([](const auto& l, const auto& c, auto& s) { l.prepare_forward(c, s); }, buffers);
        forward_from<0>(buffers);
    }

    template <class Writer>
    void backward(workspace& buffers, Writer& writer) const {
        prepare([](const auto& l, const auto& c, auto& s) { l.prepare_backward(c, s); }, buffers);
        backward_from<depth>(buffers, writer);
    }

private:
    template <std::size_t I>
    using layer_at = std::tuple_element_t<I, std::tuple<Layers...>>;

    template <std::size_t I>
    layer_call<T> call(const workspace& buffers) const {
        return {shapes[I], shapes[I + 1], weights + offsets[I], buffers.random};
    }

    template <class Prepare>
    void prepare(Prepare&& f, workspace& buffers) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (prepare_layer<I>(f, buffers), ...);
        }(std::index_sequence_for<Layers...>{});
    }

    template <std::size_t I, class Prepare>
    void prepare_layer(Prepare& f, workspace& buffers) const {
        if constexpr (layer_at<I>::has_weights) f(std::get<I>(layers), call<I>(buffers), std::get<I>(buffers.states));
    }

    /// The end of the run of layers from I on that go sample by sample.
    template <std::size_t I>
    static constexpr std::size_t run_end() {
        if constexpr (I == depth)
            return I;
        else if constexpr (!layer_at<I>::by_sample)
            return I;
        else
            return run_end<I + 1>();
    }

    template <std::size_t I>
    static constexpr std::size_t run_begin() {
        if constexpr (I == 0)
            return I;
        else if constexpr (!layer_at<I - 1>::by_sample)
            return I;
        else
            return run_begin<I - 1>();
    }

    template <std::size_t I>
    void forward_from(workspace& buffers) const {
        if constexpr (I == depth) {
            return;
        } else if constexpr (!layer_at<I>::by_sample) {
            std::get<I>(layers).forward(call<I>(buffers), buffers.samples, buffers.template input<I>(0),
                                         buffers.template output<I>(0), std::get<I>(buffers.states));
            forward_from<I + 1>(buffers);
        } else {
            for (index_t sample = 0; sample < buffers.samples; ++sample) forward_sample<I, run_end<I>()>(buffers, sample);
            forward_from<run_end<I>()>(buffers);
        }
    }

    template <std::size_t I, std::size_t End>
    void forward_sample(workspace& buffers, index_t sample) const {
        const T* x = buffers.template input<I>(sample);
        T* y = buffers.template output<I>(sample);
        if constexpr (layer_at<I>::has_weights)
            std::get<I>(layers).forward(call<I>(buffers), x, y, std::get<I>(buffers.states));
        else
            std::get<I>(layers).forward(call<I>(buffers), x, y, buffers.template memo<I>(sample));
        if constexpr (I + 1 < End) forward_sample<I + 1, End>(buffers, sample);
    }

    /// Layers before End, last to first; the gradient of the network's input is never computed.
    template <std::size_t End, class Writer>
    void backward_from(workspace& buffers, Writer& writer) const {
        if constexpr (End == 0) {
            return;
        } else if constexpr (!layer_at<End - 1>::by_sample) {
            constexpr std::size_t I = End - 1;
            const T* dy = buffers.template output_gradient<I>(0);
            writer.batch_part(part_of<I>, buffers.samples, buffers.template input<I>(0), dy);
            if constexpr (I > 0)
                std::get<I>(layers).backward(call<I>(buffers), buffers.samples, dy,
                                              buffers.template output_gradient<I - 1>(0), std::get<I>(buffers.states));
            backward_from<I>(buffers, writer);
        } else {
            constexpr std::size_t begin = run_begin<End>();
            for (index_t sample = 0; sample < buffers.samples; ++sample)
                backward_sample<begin, End>(buffers, writer, sample);
            [&]<std::size_t... J>(std::index_sequence<J...>) {
                (samples_done<begin + J>(writer), ...);
            }(std::make_index_sequence<End - begin>{});
            backward_from<begin>(buffers, writer);
        }
    }

    template <std::size_t I, class Writer>
    void samples_done(Writer& writer) const {
        if constexpr (layer_at<I>::has_weights) writer.samples_done(part_of<I>);
    }

    template <std::size_t Begin, std::size_t End, class Writer>
    void backward_sample(workspace& buffers, Writer& writer, index_t sample) const {
        constexpr std::size_t I = End - 1;
        const T* x = buffers.template input<I>(sample);
        const T* dy = buffers.template output_gradient<I>(sample);
        T* dx = nullptr;
        if constexpr (I > 0) dx = buffers.template output_gradient<I - 1>(sample);
        if constexpr (layer_at<I>::has_weights)
            writer.sample_part(part_of<I>, sample, std::get<I>(layers), call<I>(buffers), x, dy, dx,
                               std::get<I>(buffers.states));
        else if constexpr (I > 0)
            std::get<I>(layers).backward(call<I>(buffers), x, buffers.template output<I>(sample),
                                          buffers.template memo<I>(sample), dy, dx);
        if constexpr (I > Begin) backward_sample<Begin, I>(buffers, writer, sample);
    }
};

}  // namespace lpntk::nn
