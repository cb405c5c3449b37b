#pragma once

#include <algorithm>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/nn/sequential.hpp"

namespace lpntk::nn {

/// Logits of N samples and how fast they change as the weights move.
template <class T>
struct logit_tangents {
    matrix<T> logits;   ///< N x K
    matrix<T> changes;  ///< N x K, row n is J(x_n) w' for the direction w'
};

namespace detail {

/// Forward-mode differentiation of one batch, with the buffers to do it again and again.
///
/// Needs what a backward pass needs, so it follows a forward pass. A layer with weights is linear in [W; b] and affine
/// in x, so both halves of its tangent are forward passes:
///     dy = f(x; dW, db) + f(dx; W, 0)
template <class T, layer... Layers>
class tangent_pass {
public:
    using network = sequential<T, Layers...>;

    /// `along` is the direction and `slopes` the weights with biases 0, both P numbers. Writes b x K each.
    void operator()(const network& net, const matrix_view<T>& batch, const T* along, const T* slopes,
                    matrix_span<T> logits, matrix_span<T> changes) {
        rows_ = batch.rows();
        logits = net.forward(buffers_, batch);
        index_t largest = 0;
        for (std::size_t i = 0; i <= network::depth; ++i) largest = std::max(largest, net.shape_before(i).size());
        for (vector<T>& change : changes_) change.resize(rows_ * largest);
        sum_.resize(rows_ * largest);
        net.for_each_layer([&]<std::size_t I>(const auto& l) { add_layer<I>(net, l, along, slopes); });
        if (net.parameters() == 0) {
            changes.setZero();
            return;
        }
        changes = Eigen::Map<const matrix<T>>(changes_[network::depth % 2].data(), rows_, net.outputs());
    }

private:
    template <std::size_t I, class Layer>
    void add_layer(const network& net, const Layer& l, const T* along, const T* slopes) {
        constexpr bool input_moves = network::template part_of<I> > 0;
        const index_t in = net.shape_before(I).size(), out = net.shape_before(I + 1).size();
        const T* const dx = changes_[I % 2].data();
        T* const dy = changes_[(I + 1) % 2].data();
        const auto call = [&](const T* weights) {
            const T* const own = weights + net.weight_offset(I);
            return layer_call<T>{net.shape_before(I), net.shape_before(I + 1), own, nullptr};
        };
        if constexpr (Layer::has_weights) {
            forward(l, call(along), [&](index_t n) { return buffers_.template input<I>(n); }, dy,
                    std::get<I>(states_));
            if constexpr (input_moves) {
                forward(l, call(slopes), [&](index_t n) { return dx + n * in; }, sum_.data(), std::get<I>(states_));
                Eigen::Map<vector<T>>(dy, rows_ * out) += sum_.head(rows_ * out);
            }
        } else if constexpr (input_moves) {
            for (index_t n = 0; n < rows_; ++n) {
                const T* const x = buffers_.template input<I>(n);
                const T* const y = buffers_.template output<I>(n);
                const auto* const memo = buffers_.template memo<I>(n);
                if constexpr (Layer::diagonal)
                    l.backward(call(along), x, y, memo, dx + n * in, dy + n * out);
                else
                    l.tangent(call(along), x, y, memo, dx + n * in, dy + n * out);
            }
        }
    }

    template <class Layer, class Input, class State>
    void forward(const Layer& l, const layer_call<T>& call, Input&& input, T* y, State& state) const {
        l.prepare_forward(call, state);
        if constexpr (Layer::by_sample)
            for (index_t n = 0; n < rows_; ++n) l.forward(call, input(n), y + n * call.out.size(), state);
        else
            l.forward(call, rows_, input(0), y, state);
    }

    index_t rows_ = 0;
    typename network::workspace buffers_;
    decltype(network::workspace::states) states_;
    vector<T> changes_[2];  // of a layer's input and output, in turn
    vector<T> sum_;
};

}  // namespace detail

/// J(x_n) w' for every row of `inputs` (N x D) and one direction w' of the weights (P): one forward-mode pass, the cost of
/// three forward passes, whatever K. Without dropout. The same bits for any number of threads. Throws argument_error
/// when the lengths are wrong.
template <class T, layer... Layers>
logit_tangents<T> tangents(const sequential<T, Layers...>& net, const matrix_view<T>& inputs,
                           const vector_view<T>& direction, int threads = 0) {
    require(direction.size() == net.parameters(), "tangents", "length of the direction", direction.size(),
            net.parameters());
    vector<T> slopes = net.weights();
    index_t end = 0;
    for (const part_layout& layout : net.part_layouts()) {
        end += layout.parameters();
        slopes.segment(end - layout.outputs, layout.outputs).setZero();
    }
    constexpr index_t batch = 16;
    logit_tangents<T> result{matrix<T>(inputs.rows(), net.outputs()), matrix<T>(inputs.rows(), net.outputs())};
    std::vector<detail::tangent_pass<T, Layers...>> passes(static_cast<std::size_t>(worker_count(threads)));
    parallel_for((inputs.rows() + batch - 1) / batch, threads, [&](index_t item, int worker) {
        const index_t first = item * batch, rows = std::min(batch, inputs.rows() - first);
        passes[static_cast<std::size_t>(worker)](net, inputs.middleRows(first, rows), direction.data(), slopes.data(),
                                                 result.logits.middleRows(first, rows),
                                                 result.changes.middleRows(first, rows));
    });
    return result;
}

}  // namespace lpntk::nn
