#pragma once

#include <algorithm>
#include <array>
#include <type_traits>

#include "lpntk/nn/layers/activations.hpp"
#include "lpntk/nn/layers/batch_norm.hpp"
#include "lpntk/nn/layers/conv2d.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// conv2d, batch_norm and, if there is one, relu as a single convolution, for forward passes alone: the frozen gains
/// are folded into its kernels and the shifts are its bias. Weights and statistics are those of the layers in order;
/// the results are theirs but for rounding, about 1e-7 in float. What becomes of a network's layers in logits(); see
/// for_inference. There is no backward pass: to ask for one does not compile.
template <bool Rectified = false>
struct frozen_conv2d {
    static constexpr bool by_sample = true;      ///< as conv2d
    static constexpr bool keeps_input = false;   ///< nothing follows a forward pass
    static constexpr bool keeps_output = false;  ///< likewise

    conv2d convolution;  ///< whose outputs are the channels
    batch_norm norm;     ///< of its outputs

    /// Of the layer concept.
    /// @{
    image_shape output_shape(image_shape in) const { return convolution.output_shape(in); }
    index_t samples_at_once(image_shape in) const { return convolution.samples_at_once(in); }
    index_t statistics(image_shape in) const { return norm.statistics(output_shape(in)); }

    std::array<part_layout, 2> parts(image_shape in) const {
        return {convolution.parts(in)[0], norm.parts(output_shape(in))[0]};
    }

    template <class T>
    void start(image_shape in, T* weights, T* statistics) const {
        norm.start(output_shape(in), weights + convolution.parts(in)[0].parameters(), statistics);
    }
    /// @}

    /// Of one thread.
    template <class T>
    struct state {
        detail::conv2d_product<T> product;  ///< with the weights times the gains
        vector<T> constants;                ///< added to each output
        batch_norm::state<T> norm;          ///< the running statistics
    };

    /// Folds the gains into the kernels; throws what batch_norm does.
    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        layer_call<T> behind = call.inside({.parts = 1, .weights = convolution.parts(call.in)[0].parameters()});
        behind.in = call.out;
        norm.prepare_forward(behind, s.norm);
        const conv2d::options& how = convolution.how;
        const vector<T> gains = batch_norm::gains(behind, s.norm);
        s.constants = batch_norm::constants(behind, s.norm);
        if (how.bias)
            s.constants += gains.cwiseProduct(Eigen::Map<const vector<T>>(behind.weights - how.outputs, how.outputs));
        s.product.prepare({call.in, call.out, how.kernel, how.stride, how.padding}, call.weights,
                          std::min(call.count, samples_at_once(call.in)), gains.data());
    }

    /// One pass over the outputs.
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        if constexpr (Rectified)
            s.product(x, call.count, s.constants.data(), y, [](const auto& v) {
                const std::remove_cvref_t<decltype(v)> zero{};
                return v < zero ? zero : v;
            });
        else
            s.product(x, call.count, s.constants.data(), y);
    }

    /// Not to be called.
    /// @{
    template <class... Arguments>
    void prepare_backward(const Arguments&...) const {
        refuse<Arguments...>();
    }
    template <class... Arguments>
    void backward(const Arguments&...) const {
        refuse<Arguments...>();
    }
    template <class... Arguments>
    void prepare_tangent(const Arguments&...) const {
        refuse<Arguments...>();
    }
    template <class... Arguments>
    void tangent(const Arguments&...) const {
        refuse<Arguments...>();
    }
    /// @}

private:
    template <class... Arguments>
    static void refuse() {
        static_assert(sizeof...(Arguments) == 0, "frozen_conv2d has a forward pass alone");
    }
};
static_assert(layer<frozen_conv2d<>>);

}  // namespace lpntk::nn
