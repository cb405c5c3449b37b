#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "support/model_interface.hpp"

namespace examples {

/// A model with parts() whose type is known only when the program runs. It computes what the model that it holds
/// computes, to the bit: each call is handed on, by batches. A value, as the model that it holds.
class any_model {
public:
    using scalar = float;
    using workspace = any_buffers;

    template <class Model>
        requires(lpntk::has_parts<Model> && !std::derived_from<Model, any_model>)
    explicit any_model(Model model) : held_(std::make_unique<holder<Model>>(std::move(model))) {}
    any_model(const any_model& other) : held_(other.held_->copy()) {}
    any_model(any_model&&) noexcept = default;
    any_model& operator=(any_model other) noexcept {
        held_ = std::move(other.held_);
        return *this;
    }
    ~any_model() = default;

    lpntk::index_t inputs() const { return held_->inputs(); }
    lpntk::index_t outputs() const { return held_->outputs(); }
    lpntk::index_t parameters() const { return held_->parameters(); }
    bool serial() const { return held_->serial(); }
    const std::vector<lpntk::part_layout>& part_layouts() const { return held_->part_layouts(); }

    lpntk::matrix<float> logits(const lpntk::sample_rows<float>& inputs, int threads = 0) const {
        return held_->logits(inputs, threads);
    }
    template <class Cotangents, class Sink>
    void parts(workspace& buffers, const image_rows& batch, Cotangents&& cotangents, Sink&& sink) const {
        any_sink to(sink);
        held_->parts(buffers, batch, std::ref(cotangents), to);
    }

protected:
    explicit any_model(std::unique_ptr<model_interface> held) : held_(std::move(held)) {}

    std::unique_ptr<model_interface> held_;

private:
    template <class Model>
    struct holder final : model_calls<Model, model_interface> {
        using model_calls<Model, model_interface>::model_calls;
        std::unique_ptr<model_interface> copy() const override { return std::make_unique<holder>(this->model_); }
    };
};

static_assert(lpntk::jacobian_provider<any_model> && lpntk::has_parts<any_model>);

}  // namespace examples
