#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/model/flat_parts.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/nn/chain.hpp"
#include "lpntk/nn/for_inference.hpp"
#include "lpntk/nn/learned_numbers.hpp"
#include "lpntk/nn/network_workspace.hpp"
#include "lpntk/nn/pullback_sum.hpp"
#include "lpntk/nn/run_layer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// A layer, usually a chain of others, with weights: all of them in one flat vector.
///
///     auto net = nn::make_sequential<float>({28, 28, 1}, nn::linear(64), nn::relu(), nn::linear(10));
///     nn::initialise(net, nn::initialisation::he, seed);
///
/// It models the three levels of jacobian_provider, and trainable; its parts are the layers with weights, in order, and
/// the flat order of the P weights is theirs: for each (inputs + bias) x outputs, the bias last. A network is a value:
/// a copy keeps its weights. Const members are thread-safe. Throws argument_error when a layer does not fit its input.
template <std::floating_point T, layer Layer>
class network : public learned_numbers<T> {
public:
    using scalar = T;                               ///< float or double
    using workspace = network_workspace<T, Layer>;  ///< of one thread
    using sum_workspace = pullback_sum<network>;    ///< of one caller, whose threads share it
    using learned_numbers<T>::parameters, learned_numbers<T>::statistics, learned_numbers<T>::weights;

    /// All weights 0 but those that a layer starts otherwise; `input` is the shape of one sample.
    explicit network(image_shape input, Layer layer)
        : layer_(std::move(layer)), input_(input), output_(layer_.output_shape(input)) {
        for (const part_layout& part : layer_.parts(input_)) layouts_.push_back(part);
        reset();
    }

    index_t inputs() const { return input_.size(); }                           ///< D
    index_t outputs() const { return output_.size(); }                         ///< K
    image_shape input_shape() const { return input_; }                         ///< of one sample
    const std::vector<part_layout>& part_layouts() const { return layouts_; }  ///< in the order of the weights

    const Layer& layer() const { return layer_; }     ///< usually a chain; see chain::visit
    void reset() { this->start_as(layer_, input_); }  ///< all weights and statistics as when it was made

    /// z := logits of sample x.
    void logits(vector_view<T> x, vector_span<T> z) const {
        require(z.size() == outputs(), "network::logits", "length of z", z.size(), outputs());
        z = logits(sample_rows<T>(x.transpose()), 1).row(0).transpose();
    }

    /// Logits of N samples, N x K, shared out over `threads`; batch_norm is folded into conv2d (for_inference.hpp).
    matrix<T> logits(const sample_rows<T>& inputs, int threads = 0) const {
        auto z = allocate_matrix<T>(inputs.rows(), outputs(), "network::logits");
        auto form = for_inference(layer_);
        using buffers = network_workspace<T, decltype(form)>;
        in_batches<buffers>(64, inputs, threads, [&](index_t first, const matrix_view<T>& batch, buffers& own) {
            z.middleRows(first, batch.rows()) = forward(form, true, own, batch, nullptr);
        });
        return z;
    }

    /// The inputs of the last layer of the outermost chain, N x width: features for k-centre methods.
    matrix<T> last_layer_features(const sample_rows<T>& inputs, int threads = 0) const {
        if constexpr (requires { layer_.without_last(); }) {
            network<T, decltype(layer_.without_last())> front(input_, layer_.without_last());
            front.set_weights(weights().head(front.parameters()));
            front.set_statistics(statistics().head(front.statistics().size()));
            return front.logits(inputs, threads);
        }
        return inputs;
    }

    /// g := J(x)^T u, one backward pass.
    void pullback(vector_view<T> x, vector_view<T> u, vector_span<T> g) const {
        constexpr const char* here = "network::pullback";
        require(u.size() == outputs(), here, "length of the cotangent", u.size(), outputs());
        require(g.size() == parameters(), here, "length of g", g.size(), parameters());
        form_features(x.transpose(), u.transpose(), Eigen::Map<matrix<T>>(g.data(), 1, g.size()));
    }

    /// jacobian := dz/dw, K x P: the K pullbacks of the unit vectors, as one batch.
    void jacobian(vector_view<T> x, matrix_span<T> jacobian) const {
        require_size(jacobian, outputs(), parameters(), "network::jacobian", "the result");
        form_features(x.transpose().replicate(outputs(), 1), matrix<T>::Identity(outputs(), outputs()), jacobian);
    }

    /// Hands out the parts of a batch; see jacobian_provider.
    template <class Cotangents, class Sink>
    void parts(workspace& buffers, matrix_view<T> batch, Cotangents&& cotangents, Sink&& sink) const {
        const matrix_view<T> z = forward(buffers, batch);
        matrix_span<T> u(buffers.differentials);
        cotangents(z, u);
        part_writer writer(sink, layouts_, buffers.parts, batch.rows());
        backward(buffers, writer, writer.lowest());
        writer.finish();
    }

    /// g := sum over n of J(x_n)^T u_n, P numbers, without dropout; pullback_sum::compute has fill(first, logits, u).
    template <class Fill>
    void summed_pullback(const sample_rows<T>& inputs, Fill&& fill, vector_span<T> g, int threads = 0) const {
        sum_workspace buffers;
        summed_pullback(buffers, inputs, fill, g, threads);
    }

    /// The same with buffers that are reused, and with dropout when there is a seed for it.
    template <class Fill>
    void summed_pullback(sum_workspace& buffers, const sample_rows<T>& inputs, Fill&& fill, vector_span<T> g,
                         int threads, std::optional<std::uint64_t> dropout_seed = {}) const {
        require(g.size() == parameters(), "network::summed_pullback", "length of g", g.size(), parameters());
        buffers.compute(*this, inputs, fill, g, threads, dropout_seed);
    }

    /// For each of N samples the logits, and changes := J(x_n) w' for a direction w' of the weights (P), N x K each:
    /// the cost of three forward passes. Without dropout. The same bits for any threads. Throws for a wrong size.
    void pushforward(const sample_rows<T>& inputs, vector_view<T> direction, matrix_span<T> logits,
                     matrix_span<T> changes, int threads = 0) const {
        constexpr const char* here = "network::pushforward";
        require(direction.size() == parameters(), here, "length of the direction", direction.size(), parameters());
        require_size(logits, inputs.rows(), outputs(), here, "logits");
        require_size(changes, inputs.rows(), outputs(), here, "changes");
        in_batches<workspace>(16, inputs, threads, [&](index_t first, const matrix_view<T>& batch, workspace& own) {
            forward(own, batch);
            layer_call<T> call = whole(own);
            call.direction = direction.data();
            layer_.prepare_tangent(call, own.state);
            run_tangent<Layer, T>(layer_, call, own.batch.data(), own.logits.data(), nullptr, own.differentials.data(),
                                  own.state);
            logits.middleRows(first, call.count) = own.logits;
            changes.middleRows(first, call.count) = own.differentials;
        });
    }

    /// Runs the batch forward and returns the logits, b x K, which live in the buffers until the next call.
    /// `random` is not null while training: dropout draws from it, batch_norm takes the statistics of the batch.
    matrix_view<T> forward(workspace& buffers, matrix_view<T> batch, random_stream* random = nullptr) const {
        return forward(layer_, false, buffers, batch, random);
    }

    /// Runs the last forward pass backward from buffers.differentials to part `lowest`; the taker gets the gradients.
    void backward(workspace& buffers, taker_ref<T> taker, index_t lowest = 0) const {
        layer_call<T> call = whole(buffers);
        call.lowest = lowest;
        buffers.prepare_backward(layer_, call);
        run_backward<Layer, T>(layer_, call, buffers.batch.data(), buffers.logits.data(), buffers.differentials.data(),
                               nullptr, buffers.state, taker);
    }

private:
    template <class Form>
    layer_call<T> whole(network_workspace<T, Form>& own) const {
        return {.in = input_,
                .out = output_,
                .weights = weights().data(),
                .parts = layouts_.data(),
                .count = own.batch.rows(),
                .random = own.random,
                .statistics = statistics().data(),
                .observed = own.random ? own.observed.data() : nullptr};
    }

    template <class Matrix, class Cotangents>
    void form_features(const Matrix& batch, const Cotangents& cotangents, matrix_span<T> features) const {
        workspace buffers;
        flat_parts<T> sink(layouts_, features);
        parts(buffers, matrix<T>(batch), [&](matrix_view<T>, matrix_span<T> u) { u = cotangents; }, sink);
    }

    /// The forward pass of the layer, or of a form that computes the same; nothing may follow if `alone`.
    template <class Form>
    matrix_view<T> forward(const Form& form, bool alone, network_workspace<T, Form>& buffers, matrix_view<T> batch,
                           random_stream* random) const {
        buffers.start(batch, inputs(), outputs(), statistics().size(), random);
        layer_call<T> call = whole(buffers);
        call.alone = alone;
        buffers.prepare_forward(form, call);
        run_forward(form, call, buffers.batch.data(), buffers.logits.data(), buffers.state);
        return matrix_view<T>(buffers.logits);
    }

    Layer layer_;
    image_shape input_, output_;
    std::vector<part_layout> layouts_;
};

/// A network of scalar T from layers one after the other, all weights 0.
template <class T, class... Layers>
network<T, chain<checked_layer<Layers>...>> make_sequential(image_shape input, Layers... layers) {
    return network<T, chain<Layers...>>(input, chain<Layers...>(std::move(layers)...));
}

}  // namespace lpntk::nn
