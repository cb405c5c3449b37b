#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <lpntk/io/stored_tensor.hpp>
#include <lpntk/pytorch/load_pytorch.hpp>

#include "support/model_interface.hpp"

/// What stands between any_network and the network that it holds.
namespace examples {

/// Scratch of a sum of pullbacks, and the running statistics that the last one has seen.
struct any_sum_buffers {
    any_buffers held;
    lpntk::vector<float> statistics;

    const lpntk::vector<float>& observed() const { return statistics; }
};

/// The members of nn::network that any_network has, without templates.
class network_interface : public model_interface {
public:
    using fill_errors =
        std::function<void(lpntk::index_t first, const image_rows& logits, lpntk::matrix_span<float> u)>;

    virtual const lpntk::vector<float>& weights() const = 0;
    virtual lpntk::vector_span<float> mutable_weights() = 0;
    virtual void set_weights(lpntk::vector_view<float> weights) = 0;
    virtual void set_statistics(lpntk::vector_view<float> statistics) = 0;
    virtual lpntk::vector<float> state() const = 0;
    virtual void set_state(lpntk::vector_view<float> state) = 0;
    virtual void load(const lpntk::io::stored_tensors& from) = 0;
    virtual lpntk::io::stored_tensors stored() const = 0;
    virtual lpntk::matrix<float> last_layer_features(const image_rows& inputs, int threads) const = 0;
    virtual void pushforward(const image_rows& inputs, lpntk::vector_view<float> direction,
                             lpntk::matrix_span<float> logits, lpntk::matrix_span<float> changes,
                             int threads) const = 0;
    virtual void summed_pullback(any_sum_buffers& buffers, const image_rows& inputs, const fill_errors& fill,
                                 lpntk::vector_span<float> g, int threads,
                                 std::optional<std::uint64_t> dropout_seed) const = 0;
};

template <class Network>
class held_network final : public model_calls<Network, network_interface> {
    using model_calls<Network, network_interface>::model_;

public:
    using model_calls<Network, network_interface>::model_calls;

    std::unique_ptr<model_interface> copy() const override { return std::make_unique<held_network>(model_); }
    const lpntk::vector<float>& weights() const override { return model_.weights(); }
    lpntk::vector_span<float> mutable_weights() override { return model_.mutable_weights(); }
    void set_weights(lpntk::vector_view<float> weights) override { model_.set_weights(weights); }
    void set_statistics(lpntk::vector_view<float> statistics) override { model_.set_statistics(statistics); }
    lpntk::vector<float> state() const override { return model_.state(); }
    void set_state(lpntk::vector_view<float> state) override { model_.set_state(state); }
    void load(const lpntk::io::stored_tensors& from) override { lpntk::nn::load_pytorch(model_, from); }
    lpntk::io::stored_tensors stored() const override {
        std::vector<std::string> names;
        for (const auto& module : lpntk::nn::pytorch_modules(model_)) names.push_back(module.layer);
        for (std::string& name : names) std::replace(name.begin(), name.end(), ' ', '_');
        return lpntk::nn::to_pytorch(model_, names);
    }
    lpntk::matrix<float> last_layer_features(const image_rows& inputs, int threads) const override {
        return model_.last_layer_features(inputs, threads);
    }
    void pushforward(const image_rows& inputs, lpntk::vector_view<float> direction, lpntk::matrix_span<float> logits,
                     lpntk::matrix_span<float> changes, int threads) const override {
        model_.pushforward(inputs, direction, logits, changes, threads);
    }
    void summed_pullback(any_sum_buffers& buffers, const image_rows& inputs, const network_interface::fill_errors& fill,
                         lpntk::vector_span<float> g, int threads,
                         std::optional<std::uint64_t> dropout_seed) const override {
        auto& own = buffers.held.as<typename Network::sum_workspace>();
        model_.summed_pullback(own, inputs, fill, g, threads, dropout_seed);
        buffers.statistics = own.observed();
    }
};

}  // namespace examples
