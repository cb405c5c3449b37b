#pragma once

#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/model/flat_parts.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/nn/batch_buffers.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/layer_passes.hpp"
#include "lpntk/nn/part_writer.hpp"

namespace lpntk::nn {

/// Layers one after the other, composed at compile time, with all weights in one flat vector.
///
///     auto net = nn::make_sequential<float>({28, 28, 1}, nn::linear(64), nn::relu(), nn::linear(10));
///     nn::initialise(net, nn::initialisation::he, seed);
///
/// It models the three levels of jacobian_provider; its parts are the layers with weights, in order, and the flat
/// order of the P weights is theirs: for each (inputs + 1) x outputs, the bias last. A network is a value: a copy keeps its
/// weights. Const members are thread-safe. Throws argument_error when a layer does not fit the shape it is given.
template <class T, layer... Layers>
class sequential {
public:
    using scalar = T;
    using workspace = batch_buffers<T, Layers...>;
    static constexpr std::size_t depth = sizeof...(Layers);

    /// All weights 0; `input` is the shape of one sample.
    explicit sequential(image_shape input, Layers... layers) : layers_(std::move(layers)...), shapes_{input} {
        for_each_layer([&]<std::size_t I>(const auto& l) {
            shapes_[I + 1] = l.output_shape(shapes_[I]);
            offsets_[I] = parameters_;
            if constexpr (layer_at<I>::has_weights) {
                layouts_.push_back(l.layout(shapes_[I]));
                layouts_.back().name += " " + std::to_string(I + 1);
                parameters_ += layouts_.back().parameters();
            }
        });
        weights_.setZero(parameters_);
    }

    index_t inputs() const { return shapes_.front().size(); }     ///< D
    index_t outputs() const { return shapes_.back().size(); }     ///< K
    index_t parameters() const { return parameters_; }            ///< P
    image_shape input_shape() const { return shapes_.front(); }
    const std::vector<part_layout>& part_layouts() const { return layouts_; }

    const vector<T>& weights() const { return weights_; }            ///< P
    vector_span<T> mutable_weights() { return weights_; }            ///< P, to be changed in place
    void set_weights(vector_view<T> weights) {
        require(weights.size() == parameters_, "sequential::set_weights", "length", weights.size(), parameters_);
        weights_ = weights;
    }

    /// z := logits of sample x.
    void logits(vector_view<T> x, vector_span<T> z) const {
        require(z.size() == outputs(), "sequential::logits", "length of z", z.size(), outputs());
        workspace buffers;
        z = forward(buffers, as_batch(x)).row(0).transpose();
    }

    /// Logits of N samples, N x K, in batches shared out over `threads`.
    matrix<T> logits(matrix_view<T> inputs, int threads = 0) const { return logits_at<depth>(inputs, threads); }

    /// The inputs of the last layer, N x width: features for k-centre methods (spec section 6).
    matrix<T> last_layer_features(matrix_view<T> inputs, int threads = 0) const {
        return logits_at<depth - 1>(inputs, threads);
    }

    /// g := J(x)^T u, one backward pass.
    void pullback(vector_view<T> x, vector_view<T> u, vector_span<T> g) const {
        require(u.size() == outputs(), "sequential::pullback", "length of the cotangent", u.size(), outputs());
        Eigen::Map<matrix<T>> row(g.data(), 1, g.size());
        form_features(as_batch(x), u.transpose(), row);
    }

    /// jacobian := dz/dw, K x P: the K pullbacks of the unit vectors, as one batch.
    void jacobian(vector_view<T> x, matrix_span<T> jacobian) const {
        form_features(x.transpose().replicate(outputs(), 1), matrix<T>::Identity(outputs(), outputs()), jacobian);
    }

    /// Hands out the parts of a batch; see jacobian_provider. No allocation once the workspace has seen a batch as large.
    template <class Cotangents, class Sink>
    void parts(workspace& buffers, matrix_view<T> batch, Cotangents&& cotangents, Sink&& sink) const {
        const matrix_view<T> z = forward(buffers, batch);
        matrix_span<T> u(buffers.gradients.back());
        cotangents(z, u);
        part_writer writer(sink, layouts_, buffers.parts, batch.rows());
        backward(buffers, writer);
    }

    /// Runs the batch forward and returns the logits, b x K, which live in the buffers until the next call.
    /// `random` is not null while training: dropout draws from it.
    matrix_view<T> forward(workspace& buffers, matrix_view<T> batch, random_stream* random = nullptr) const {
        require(batch.cols() == inputs(), "sequential::forward", "numbers in a sample", batch.cols(), inputs());
        require(batch.rows() >= 1, "sequential::forward", "number of samples", batch.rows(), ">= 1");
        buffers.start(batch, shapes_, layers_, random);
        passes().forward(buffers);
        return matrix_view<T>(buffers.outputs.back());
    }

    /// Backward from the cotangents in buffers.gradients.back(), b x K, after forward() of the same batch; what it
    /// asks of `writer` is said at layer_passes.
    template <class Writer>
    void backward(workspace& buffers, Writer&& writer) const {
        passes().backward(buffers, writer);
    }

    /// Calls f.template operator()<I>(layer) for each layer in order.
    template <class F>
    void for_each_layer(F&& f) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (f.template operator()<I>(std::get<I>(layers_)), ...);
        }(std::index_sequence_for<Layers...>{});
    }

    /// Where the weights of layer I start in the flat vector.
    index_t weight_offset(std::size_t i) const { return offsets_[i]; }
    image_shape shape_before(std::size_t i) const { return shapes_[i]; }

    template <std::size_t I>
    using layer_at = std::tuple_element_t<I, std::tuple<Layers...>>;

    /// Number of layers with weights before layer I: the index of layer I's part.
    template <std::size_t I>
    static constexpr index_t part_of = layer_passes<T, Layers...>::template part_of<I>;

private:
    layer_passes<T, Layers...> passes() const { return {layers_, shapes_, offsets_, weights_.data()}; }

    static Eigen::Map<const matrix<T>> as_batch(const vector_view<T>& x) { return {x.data(), 1, x.size()}; }

    template <class Matrix, class Cotangents>
    void form_features(const Matrix& batch, const Cotangents& cotangents, matrix_span<T> features) const {
        workspace buffers;
        flat_parts<T> sink(layouts_, features);
        const matrix<T> rows = batch;
        parts(buffers, rows, [&](matrix_view<T>, matrix_span<T> u) { u = cotangents; }, sink);
    }

    template <std::size_t Stop>
    matrix<T> logits_at(const matrix_view<T>& samples, int threads) const {
        constexpr index_t batch = 64;
        matrix<T> result(samples.rows(), shapes_[Stop].size());
        std::vector<workspace> buffers(static_cast<std::size_t>(worker_count(threads)));
        parallel_for((samples.rows() + batch - 1) / batch, threads, [&](index_t item, int worker) {
            const index_t first = item * batch, rows = std::min(batch, samples.rows() - first);
            workspace& own = buffers[static_cast<std::size_t>(worker)];
            forward(own, samples.middleRows(first, rows));
            if constexpr (Stop > 0) result.middleRows(first, rows) = own.outputs[Stop - 1];
        });
        return result;
    }

    std::tuple<Layers...> layers_;
    std::array<image_shape, depth + 1> shapes_;
    std::array<index_t, depth> offsets_{};
    std::vector<part_layout> layouts_;
    index_t parameters_ = 0;
    vector<T> weights_;
};

/// A network of scalar T from its layers, all weights 0.
template <class T, layer... Layers>
sequential<T, Layers...> make_sequential(image_shape input, Layers... layers) {
    return sequential<T, Layers...>(input, std::move(layers)...);
}

}  // namespace lpntk::nn
