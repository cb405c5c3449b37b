#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/core/sample_rows.hpp>
#include <lpntk/io/stored_tensor.hpp>
#include <lpntk/model/part_layout.hpp>
#include <lpntk/model/part_sink.hpp>
#include <lpntk/pytorch/load_pytorch.hpp>

/// What stands between any_network and the network that it holds.
namespace examples {

using image_rows = lpntk::matrix_view<float>;

/// Scratch of one thread, of a type that only the network knows.
class any_buffers {
public:
    /// As they were left, or new ones when they were of another type.
    template <class Buffers>
    Buffers& as() {
        if (dynamic_cast<box<Buffers>*>(held_.get()) == nullptr) held_ = std::make_unique<box<Buffers>>();
        return static_cast<box<Buffers>&>(*held_).buffers;
    }

private:
    struct base {
        virtual ~base() = default;
    };
    template <class Buffers>
    struct box : base {
        Buffers buffers;
    };
    std::unique_ptr<base> held_;
};

/// Scratch of a sum of pullbacks, and the running statistics that the last one has seen.
struct any_sum_buffers {
    any_buffers held;
    lpntk::vector<float> statistics;

    const lpntk::vector<float>& observed() const { return statistics; }
};

/// A reference to any part_sink.
class any_sink {
public:
    template <class Sink>
        requires(!std::same_as<Sink, any_sink> && lpntk::part_sink<Sink, float>)
    explicit any_sink(Sink& sink)
        : wants_([&sink](auto part) { return std::as_const(sink).wants(part); }),
          dense_([&sink](auto part, const image_rows& values) { sink.dense(part, values); }),
          factors_([&sink](auto part, const image_rows& d, const image_rows& a) { sink.factors(part, d, a); }) {}

    lpntk::part_form wants(lpntk::index_t part) const { return wants_(part); }
    void dense(lpntk::index_t part, const image_rows& values) { dense_(part, values); }
    void factors(lpntk::index_t part, const image_rows& d, const image_rows& a) { factors_(part, d, a); }

private:
    std::function<lpntk::part_form(lpntk::index_t)> wants_;
    std::function<void(lpntk::index_t, const image_rows&)> dense_;
    std::function<void(lpntk::index_t, const image_rows&, const image_rows&)> factors_;
};

/// The members of nn::network that any_network has, without templates.
class network_interface {
public:
    using fill_cotangents = std::function<void(const image_rows& logits, lpntk::matrix_span<float> u)>;
    using fill_errors =
        std::function<void(lpntk::index_t first, const image_rows& logits, lpntk::matrix_span<float> u)>;

    virtual ~network_interface() = default;
    virtual std::unique_ptr<network_interface> copy() const = 0;
    virtual lpntk::index_t inputs() const = 0;
    virtual lpntk::index_t outputs() const = 0;
    virtual const std::vector<lpntk::part_layout>& part_layouts() const = 0;
    virtual const lpntk::vector<float>& weights() const = 0;
    virtual lpntk::vector_span<float> mutable_weights() = 0;
    virtual void set_weights(lpntk::vector_view<float> weights) = 0;
    virtual void set_statistics(lpntk::vector_view<float> statistics) = 0;
    virtual lpntk::vector<float> state() const = 0;
    virtual void set_state(lpntk::vector_view<float> state) = 0;
    virtual void load(const lpntk::io::stored_tensors& from) = 0;
    virtual lpntk::io::stored_tensors stored() const = 0;
    virtual lpntk::matrix<float> logits(const image_rows& inputs, int threads) const = 0;
    virtual lpntk::matrix<float> last_layer_features(const image_rows& inputs, int threads) const = 0;
    virtual void pushforward(const image_rows& inputs, lpntk::vector_view<float> direction,
                             lpntk::matrix_span<float> logits, lpntk::matrix_span<float> changes,
                             int threads) const = 0;
    virtual void parts(any_buffers& buffers, const image_rows& batch, const fill_cotangents& cotangents,
                       any_sink& sink) const = 0;
    virtual void summed_pullback(any_sum_buffers& buffers, const image_rows& inputs, const fill_errors& fill,
                                 lpntk::vector_span<float> g, int threads,
                                 std::optional<std::uint64_t> dropout_seed) const = 0;
};

template <class Network>
class held_network final : public network_interface {
public:
    explicit held_network(Network net) : net_(std::move(net)) {}

    std::unique_ptr<network_interface> copy() const override { return std::make_unique<held_network>(net_); }
    lpntk::index_t inputs() const override { return net_.inputs(); }
    lpntk::index_t outputs() const override { return net_.outputs(); }
    const std::vector<lpntk::part_layout>& part_layouts() const override { return net_.part_layouts(); }
    const lpntk::vector<float>& weights() const override { return net_.weights(); }
    lpntk::vector_span<float> mutable_weights() override { return net_.mutable_weights(); }
    void set_weights(lpntk::vector_view<float> weights) override { net_.set_weights(weights); }
    void set_statistics(lpntk::vector_view<float> statistics) override { net_.set_statistics(statistics); }
    lpntk::vector<float> state() const override { return net_.state(); }
    void set_state(lpntk::vector_view<float> state) override { net_.set_state(state); }
    void load(const lpntk::io::stored_tensors& from) override { lpntk::nn::load_pytorch(net_, from); }
    lpntk::io::stored_tensors stored() const override {
        std::vector<std::string> names;
        for (const auto& module : lpntk::nn::pytorch_modules(net_)) names.push_back(module.layer);
        for (std::string& name : names) std::replace(name.begin(), name.end(), ' ', '_');
        return lpntk::nn::to_pytorch(net_, names);
    }
    lpntk::matrix<float> logits(const image_rows& inputs, int threads) const override {
        return net_.logits(inputs, threads);
    }
    lpntk::matrix<float> last_layer_features(const image_rows& inputs, int threads) const override {
        return net_.last_layer_features(inputs, threads);
    }
    void pushforward(const image_rows& inputs, lpntk::vector_view<float> direction, lpntk::matrix_span<float> logits,
                     lpntk::matrix_span<float> changes, int threads) const override {
        net_.pushforward(inputs, direction, logits, changes, threads);
    }
    void parts(any_buffers& buffers, const image_rows& batch, const fill_cotangents& cotangents,
               any_sink& sink) const override {
        net_.parts(buffers.as<typename Network::workspace>(), batch, cotangents, sink);
    }
    void summed_pullback(any_sum_buffers& buffers, const image_rows& inputs, const fill_errors& fill,
                         lpntk::vector_span<float> g, int threads,
                         std::optional<std::uint64_t> dropout_seed) const override {
        auto& own = buffers.held.as<typename Network::sum_workspace>();
        net_.summed_pullback(own, inputs, fill, g, threads, dropout_seed);
        buffers.statistics = own.observed();
    }

private:
    Network net_;
};

}  // namespace examples
