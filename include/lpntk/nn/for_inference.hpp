#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>

#include "lpntk/nn/chain.hpp"
#include "lpntk/nn/layers/frozen_conv2d.hpp"
#include "lpntk/nn/residual.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

namespace detail {

/// Two layers that follow each other, as one. These very types: one derived from them may compute something else.
/// @{
template <std::same_as<conv2d> First, std::same_as<batch_norm> Second>
frozen_conv2d<false> joined(const First& first, const Second& second) {
    return {.convolution = first, .norm = second};
}
template <std::same_as<frozen_conv2d<false>> First, std::same_as<relu> Second>
frozen_conv2d<true> joined(const First& first, const Second&) {
    return {.convolution = first.convolution, .norm = first.norm};
}
/// @}

/// Layers in order; + adds one behind them, joined with the last where the two can be one.
template <class... Layers>
struct joined_layers {
    std::tuple<Layers...> layers;

    template <layer Next>
    auto operator+(const Next& next) const {
        return [&]<std::size_t... Before>(std::index_sequence<Before...>) {
            const auto add = [&](auto... last) {
                return joined_layers<std::tuple_element_t<Before, std::tuple<Layers...>>..., decltype(last)...>{
                    {std::get<Before>(layers)..., last...}};
            };
            if constexpr (sizeof...(Layers) == sizeof...(Before))
                return add(next);
            else if constexpr (requires { joined(std::get<sizeof...(Before)>(layers), next); })
                return add(joined(std::get<sizeof...(Before)>(layers), next));
            else
                return add(std::get<sizeof...(Before)>(layers), next);
        }(std::make_index_sequence<(sizeof...(Layers) > 0 ? sizeof...(Layers) - 1 : 0)>());
    }

    /// The chain of them; a single one as it is.
    auto as_layer() const {
        if constexpr (sizeof...(Layers) == 1)
            return std::get<0>(layers);
        else
            return std::apply([](const Layers&... each) { return chain<Layers...>(each...); }, layers);
    }
};

}  // namespace detail

/// The layer that computes what the given one does in a forward pass that nothing follows, from the same weights and
/// statistics: each conv2d with the batch_norm, and the relu, behind it becomes one frozen_conv2d. Chains and residuals
/// are made anew of what becomes of their layers; any other layer is itself.
/// @{
template <layer Layer>
Layer for_inference(const Layer& l) {
    return l;
}

template <layer... Layers>
auto for_inference(const chain<Layers...>& l);

template <layer Body, layer Shortcut>
auto for_inference(const residual<Body, Shortcut>& l) {
    using body = decltype(for_inference(l.body()));
    using shortcut = decltype(for_inference(l.shortcut()));
    return residual<body, shortcut>(for_inference(l.body()), for_inference(l.shortcut()));
}

template <layer... Layers>
auto for_inference(const chain<Layers...>& l) {
    return std::apply(
        [](const auto&... each) { return (detail::joined_layers<>() + ... + for_inference(each)).as_layer(); },
        l.layers());
}
/// @}

}  // namespace lpntk::nn
