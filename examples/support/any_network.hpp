#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "support/any_model.hpp"
#include "support/network_interface.hpp"

namespace examples {

/// A network whose layers are known only when the program runs, so that a program is compiled once for all of them: an
/// any_model that can be trained. A copy has weights of its own.
class any_network : public any_model {
public:
    using sum_workspace = any_sum_buffers;

    template <class Network>
        requires(!std::derived_from<Network, any_model>)
    explicit any_network(Network net) : any_model(std::make_unique<held_network<Network>>(std::move(net))) {}

    const lpntk::vector<float>& weights() const { return held().weights(); }
    lpntk::vector_span<float> mutable_weights() { return held().mutable_weights(); }
    void set_weights(lpntk::vector_view<float> weights) { held().set_weights(weights); }
    void set_statistics(lpntk::vector_view<float> statistics) { held().set_statistics(statistics); }
    lpntk::vector<float> state() const { return held().state(); }
    void set_state(lpntk::vector_view<float> state) { held().set_state(state); }

    /// Weights of PyTorch, or stored() ones, by nn::load_pytorch; throws as it does and changes nothing then.
    void load(const lpntk::io::stored_tensors& from) { held().load(from); }
    /// What load() takes back, modules named by their layers ("conv2d_1"). Throws as nn::pytorch_modules.
    lpntk::io::stored_tensors stored() const { return held().stored(); }

    lpntk::matrix<float> last_layer_features(const lpntk::sample_rows<float>& inputs, int threads = 0) const {
        return held().last_layer_features(inputs, threads);
    }
    void pushforward(const lpntk::sample_rows<float>& inputs, lpntk::vector_view<float> direction,
                     lpntk::matrix_span<float> logits, lpntk::matrix_span<float> changes, int threads = 0) const {
        held().pushforward(inputs, direction, logits, changes, threads);
    }

    template <class Fill>
    void summed_pullback(const image_rows& inputs, Fill&& fill, lpntk::vector_span<float> g, int threads = 0) const {
        sum_workspace buffers;
        summed_pullback(buffers, inputs, fill, g, threads, {});
    }
    template <class Fill>
    void summed_pullback(sum_workspace& buffers, const image_rows& inputs, Fill&& fill, lpntk::vector_span<float> g,
                         int threads, std::optional<std::uint64_t> dropout_seed) const {
        held().summed_pullback(buffers, inputs, std::ref(fill), g, threads, dropout_seed);
    }

private:
    const network_interface& held() const { return static_cast<const network_interface&>(*held_); }
    network_interface& held() { return static_cast<network_interface&>(*held_); }
};

}  // namespace examples
