#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "support/network_interface.hpp"

namespace examples {

/// A network whose layers are known only when the program runs, so that a program is compiled once for all of them. It
/// computes what the network that it holds computes, to the bit: each call is handed on, by batches. A value: a copy
/// has weights of its own.
class any_network {
public:
    using scalar = float;
    using workspace = any_buffers;
    using sum_workspace = any_sum_buffers;

    template <class Network>
        requires(!std::same_as<Network, any_network>)
    explicit any_network(Network net) : held_(std::make_unique<held_network<Network>>(std::move(net))) {}
    any_network(const any_network& other) : held_(other.held_->copy()) {}
    any_network(any_network&&) noexcept = default;
    any_network& operator=(any_network other) noexcept {
        held_ = std::move(other.held_);
        return *this;
    }
    ~any_network() = default;

    lpntk::index_t inputs() const { return held_->inputs(); }
    lpntk::index_t outputs() const { return held_->outputs(); }
    lpntk::index_t parameters() const { return held_->weights().size(); }
    const std::vector<lpntk::part_layout>& part_layouts() const { return held_->part_layouts(); }

    const lpntk::vector<float>& weights() const { return held_->weights(); }
    lpntk::vector_span<float> mutable_weights() { return held_->mutable_weights(); }
    void set_weights(lpntk::vector_view<float> weights) { held_->set_weights(weights); }
    void set_statistics(lpntk::vector_view<float> statistics) { held_->set_statistics(statistics); }
    lpntk::vector<float> state() const { return held_->state(); }
    void set_state(lpntk::vector_view<float> state) { held_->set_state(state); }

    /// Weights of PyTorch, or stored() ones, by nn::load_pytorch; throws as it does and changes nothing then.
    void load(const lpntk::io::stored_tensors& from) { held_->load(from); }
    /// What load() takes back, modules named by their layers ("conv2d_1"). Throws as nn::pytorch_modules.
    lpntk::io::stored_tensors stored() const { return held_->stored(); }

    lpntk::matrix<float> logits(const lpntk::sample_rows<float>& inputs, int threads = 0) const {
        return held_->logits(inputs, threads);
    }
    lpntk::matrix<float> last_layer_features(const lpntk::sample_rows<float>& inputs, int threads = 0) const {
        return held_->last_layer_features(inputs, threads);
    }
    void pushforward(const lpntk::sample_rows<float>& inputs, lpntk::vector_view<float> direction,
                     lpntk::matrix_span<float> logits, lpntk::matrix_span<float> changes, int threads = 0) const {
        held_->pushforward(inputs, direction, logits, changes, threads);
    }

    template <class Cotangents, class Sink>
    void parts(workspace& buffers, const image_rows& batch, Cotangents&& cotangents, Sink&& sink) const {
        any_sink to(sink);
        held_->parts(buffers, batch, std::ref(cotangents), to);
    }

    template <class Fill>
    void summed_pullback(const image_rows& inputs, Fill&& fill, lpntk::vector_span<float> g, int threads = 0) const {
        sum_workspace buffers;
        summed_pullback(buffers, inputs, fill, g, threads, {});
    }
    template <class Fill>
    void summed_pullback(sum_workspace& buffers, const image_rows& inputs, Fill&& fill, lpntk::vector_span<float> g,
                         int threads, std::optional<std::uint64_t> dropout_seed) const {
        held_->summed_pullback(buffers, inputs, std::ref(fill), g, threads, dropout_seed);
    }

private:
    std::unique_ptr<network_interface> held_;
};

}  // namespace examples
