#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <lpntk/core/sample_rows.hpp>
#include <lpntk/model/jacobian_provider.hpp>
#include <lpntk/model/logits.hpp>
#include <lpntk/model/part_layout.hpp>
#include <lpntk/model/part_sink.hpp>

/// What stands between any_model and the model that it holds.
namespace examples {

using image_rows = lpntk::matrix_view<float>;

/// Scratch of one thread, of a type that only the model knows.
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

/// The members of a model with parts() that any_model has, without templates.
class model_interface {
public:
    using fill_cotangents = std::function<void(const image_rows& logits, lpntk::matrix_span<float> u)>;

    virtual ~model_interface() = default;
    virtual std::unique_ptr<model_interface> copy() const = 0;
    virtual lpntk::index_t inputs() const = 0;
    virtual lpntk::index_t outputs() const = 0;
    virtual lpntk::index_t parameters() const = 0;
    virtual bool serial() const = 0;
    virtual const std::vector<lpntk::part_layout>& part_layouts() const = 0;
    virtual lpntk::matrix<float> logits(const image_rows& inputs, int threads) const = 0;
    virtual void parts(any_buffers& buffers, const image_rows& batch, const fill_cotangents& cotangents,
                       any_sink& sink) const = 0;
};

/// All of these but copy(), by the model itself.
template <class Model, class Interface>
class model_calls : public Interface {
public:
    explicit model_calls(Model model) : model_(std::move(model)) {}

    lpntk::index_t inputs() const override { return model_.inputs(); }
    lpntk::index_t outputs() const override { return model_.outputs(); }
    lpntk::index_t parameters() const override { return model_.parameters(); }
    bool serial() const override { return lpntk::is_serial(model_); }
    const std::vector<lpntk::part_layout>& part_layouts() const override { return model_.part_layouts(); }
    lpntk::matrix<float> logits(const image_rows& inputs, int threads) const override {
        return lpntk::logits_of(model_, inputs, threads);
    }
    void parts(any_buffers& buffers, const image_rows& batch, const model_interface::fill_cotangents& cotangents,
               any_sink& sink) const override {
        model_.parts(buffers.as<typename Model::workspace>(), batch, cotangents, sink);
    }

protected:
    Model model_;
};

}  // namespace examples
