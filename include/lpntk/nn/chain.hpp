#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>

#include "lpntk/nn/chain_state.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/part_paths.hpp"
#include "lpntk/nn/run_layer.hpp"
#include "lpntk/nn/sample_runs.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Layers one after the other, composed at compile time: a layer itself, so that chains nest.
///
///     nn::chain(nn::conv2d({.outputs = 16}), nn::relu(), nn::max_pool(2))
///
/// Its parts are those of its layers in order, named by their places: "conv2d 1", "conv2d 3.1" for the first layer of a
/// chain in third place. It goes sample by sample if all its layers do; see sample_runs for what happens inside.
template <layer... Layers>
class chain {
    static constexpr std::size_t depth = sizeof...(Layers);
    static_assert(depth >= 1, "a chain has at least one layer");

    template <std::size_t I>
    using layer_at = std::tuple_element_t<I, std::tuple<Layers...>>;

    /// Number of parts before layer I.
    template <std::size_t I>
    static constexpr index_t parts_before = [] {
        constexpr std::size_t counts[] = {part_count<Layers>...};
        index_t sum = 0;
        for (std::size_t i = 0; i < I; ++i) sum += counts[i];
        return sum;
    }();

public:
    explicit chain(Layers... layers) : layers_(std::move(layers)...) {}  ///< keeps copies; shapes are met later

    /// As for any layer: what its layers do, forward from the first, backward from the last.
    /// @{
    template <class T>
    using state = chain_state<T, Layers...>;
    static constexpr bool by_sample = (Layers::by_sample && ...);
    static constexpr bool keeps_input = layer_at<0>::keeps_input;
    static constexpr bool keeps_output = layer_at<depth - 1>::keeps_output;

    image_shape output_shape(image_shape in) const { return shapes(in).back(); }

    std::array<part_layout, parts_before<depth>> parts(image_shape in) const {
        std::array<part_layout, parts_before<depth>> all;
        const std::array<image_shape, depth + 1> shape = shapes(in);
        for_each_layer([&]<std::size_t I>(const auto& l) {
            auto own = l.parts(shape[I]);
            detail::put_parts(own, std::to_string(I + 1), all.data() + parts_before<I>);
        });
        return all;
    }

    index_t statistics(image_shape in) const { return offsets(in).back().statistics; }

    /// What the layer that takes most takes.
    index_t samples_at_once(image_shape in) const {
        const auto shape = shapes(in);
        index_t most = 1;
        for_each_layer([&]<std::size_t I>(const auto& l) { most = std::max(most, nn::samples_at_once(l, shape[I])); });
        return most;
    }

    template <class T>
    void start(image_shape in, T* weights, T* statistics) const {
        const auto shape = shapes(in);
        const auto from = offsets(in);
        for_each_layer([&]<std::size_t I>(const auto& l) {
            nn::start(l, shape[I], weights + from[I].weights, statistics + from[I].statistics);
        });
    }

    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        s.shapes = shapes(call.in);
        s.at_once = samples_at_once(call.in);
        s.offsets = offsets(call.in);
        for_each_layer([&]<std::size_t I>(const auto& l) {
            s.template make_room_for_output<I>(call);
            l.prepare_forward(s.template inner<I>(call, 0, call.count), std::get<I>(s.layers));
        });
    }

    template <class T>
    void prepare_backward(const layer_call<T>& call, state<T>& s) const {
        for_each_layer([&]<std::size_t I>(const auto& l) {
            s.template make_room_for_differential<I>(call);
            l.prepare_backward(s.template inner<I>(call, 0, call.count), std::get<I>(s.layers));
        });
    }

    template <class T>
    void prepare_tangent(const layer_call<T>& call, state<T>& s) const {
        for_each_layer([&]<std::size_t I>(const auto& l) {
            s.template make_room_for_differential<I>(call);
            l.prepare_tangent(s.template inner<I>(call, 0, call.count), std::get<I>(s.layers));
        });
    }

    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        runs::forwards(call.count, s.at_once, [&]<std::size_t I>(index_t n, index_t count) {
            run_forward(std::get<I>(layers_), s.template inner<I>(call, n, count), s.template input<I>(call, x, n),
                        s.template output<I>(call, y, n), std::get<I>(s.layers));
        });
    }

    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T* y, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        runs::backwards(call.count, s.at_once, [&]<std::size_t I>(index_t n, index_t count) {
            run_backward<layer_at<I>, T>(std::get<I>(layers_), s.template inner<I>(call, n, count),
                                         s.template input<I>(call, x, n), s.template output<I>(call, y, n),
                                         s.template by_output<I>(call, dy, n), s.template by_input<I>(call, dx, n),
                                         std::get<I>(s.layers), taker);
        });
    }

    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T* y, const T* dx, T* dy, state<T>& s) const {
        runs::forwards(call.count, s.at_once, [&]<std::size_t I>(index_t n, index_t count) {
            const T* const from = s.template by_input<I>(call, dx, n);
            if (part_count<layer_at<I>> == 0 && !from) return;
            run_tangent<layer_at<I>, T>(std::get<I>(layers_), s.template inner<I>(call, n, count),
                                        s.template input<I>(call, x, n), s.template output<I>(call, y, n), from,
                                        s.template by_output<I>(call, dy, n), std::get<I>(s.layers));
        });
    }
    /// @}

    /// Calls f(layer, shape of its input, layer_offsets of its numbers) for each layer in order.
    template <class F>
    void visit(image_shape in, F&& f) const {
        const auto shape = shapes(in);
        const auto from = offsets(in);
        for_each_layer([&]<std::size_t I>(const auto& l) { f(l, shape[I], from[I]); });
    }

    const std::tuple<Layers...>& layers() const { return layers_; }  ///< in order

    /// The chain of the layers before the last.
    auto without_last() const
        requires(depth > 1)
    {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return chain<layer_at<I>...>(std::get<I>(layers_)...);
        }(std::make_index_sequence<depth - 1>{});
    }

private:
    using runs = sample_runs<Layers::by_sample...>;

    template <class F>
    void for_each_layer(F&& f) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (f.template operator()<I>(std::get<I>(layers_)), ...);
        }(std::index_sequence_for<Layers...>{});
    }

    std::array<image_shape, depth + 1> shapes(image_shape in) const {
        std::array<image_shape, depth + 1> shape{in};
        for_each_layer([&]<std::size_t I>(const auto& l) { shape[I + 1] = l.output_shape(shape[I]); });
        return shape;
    }

    /// Where the numbers of each layer begin, and where those of the last end.
    std::array<layer_offsets, depth + 1> offsets(image_shape in) const {
        const std::array<image_shape, depth + 1> shape = shapes(in);
        std::array<layer_offsets, depth + 1> from;
        for_each_layer([&]<std::size_t I>(const auto& l) {
            from[I + 1] = from[I];
            from[I + 1].parts += static_cast<index_t>(part_count<layer_at<I>>);
            from[I + 1].weights += parameters_of(l.parts(shape[I]));
            from[I + 1].statistics += statistics_of(l, shape[I]);
        });
        return from;
    }

    std::tuple<Layers...> layers_;
};

template <class... Layers>
chain(Layers...) -> chain<checked_layer<Layers>...>;  ///< the compiler names what is no layer

}  // namespace lpntk::nn
