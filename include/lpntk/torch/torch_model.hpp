#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/torch/batch_gradients.hpp"
#include "lpntk/torch/copies.hpp"
#include "lpntk/torch/require_autograd.hpp"
#include "lpntk/torch/torch_options.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A libtorch module, unchanged, as a Jacobian provider with the structure of its layers: one forward and one backward
/// pass of a batch give the inputs and the cotangents of every operation that uses a parameter, which is all a part is.
///
///     const auto net = lpntk::load_torchscript<float>("net.pt", at::zeros({2, 3, 32, 32}));
///     const auto phi = lpntk::tangent_features(net, images, labels, lpntk::label_signs{});
///
/// One part for each parameter that requires a gradient, in the module's order: linear layers, matrix products,
/// convolutions and embeddings as outer products (their weights flat as inputs x outputs, a convolution's inputs as
/// kernel x channels), all others dense, as PyTorch has them. Batch normalisation must be frozen and dropout off:
/// eval(). A sample is what remains of the module's input without its first axis. The constructor runs the example and
/// compares every part with autograd: a module whose samples depend on each other, or whose parameter is used in an
/// operation that is not known (named, unless `fallback`), is refused with argument_error. Called by one thread at a
/// time, and torch shares out its own work, unless it is `concurrent`. Works on the device that the parameters are on.
template <class T>
class torch_model {
public:
    using scalar = T;  ///< float or double, that of the parameters

    struct workspace {};  ///< torch keeps what it needs

    /// `forward` takes a batch; `example` is one of at least two samples, all of its kind.
    torch_model(std::vector<std::pair<std::string, at::Tensor>> parameters,
                std::function<at::Tensor(at::Tensor)> forward, const at::Tensor& example, torch_options how = {})
        : how_(std::move(how)), forward_(std::move(forward)) {
        constexpr const char* here = "torch_model";
        for (auto& [name, tensor] : parameters) {
            if (!tensor.requires_grad() || is_there(tensor, name)) continue;
            require(tensor.scalar_type() == at::CppTypeToScalarType<T>::value, here, "type of " + name,
                    at::toString(tensor.scalar_type()), at::toString(at::CppTypeToScalarType<T>::value));
            names_.push_back(name);
            parameters_.push_back(tensor);
            total_ += tensor.numel();
        }
        require(!parameters_.empty(), here, "number of parameters that require a gradient", 0, ">= 1");
        require(example.dim() >= 2 && example.size(0) >= 2, here, "number of samples in the example",
                example.dim() == 0 ? 0 : example.size(0), ">= 2");
        shape_ = example.sizes().slice(1).vec();
        inspect(example);
    }

    index_t inputs() const { return c10::multiply_integers(shape_); }          ///< D
    index_t outputs() const { return outputs_; }                               ///< K
    index_t parameters() const { return total_; }                              ///< P
    const std::vector<part_layout>& part_layouts() const { return layouts_; }  ///< one for each parameter
    bool serial() const { return !how_.concurrent; }                           ///< see torch_options

    /// N x K, of the rows of `inputs`, N x D. The threads are torch's own.
    matrix<T> logits(const sample_rows<T>& inputs, int = 0) const {
        constexpr index_t batch = 64;
        require(inputs.cols() == this->inputs(), "torch_model::logits", "numbers in a sample", inputs.cols(),
                this->inputs());
        const at::NoGradGuard no_graph;
        matrix<T> z(inputs.rows(), outputs_);
        for (index_t first = 0; first < inputs.rows(); first += batch)
            libtorch::copy_to(outputs_of(batch_of(inputs.middleRows(first, std::min(batch, inputs.rows() - first)))),
                              z.data() + first * outputs_);
        return z;
    }

    /// Hands out the parts of a batch; see jacobian_provider.
    template <class Cotangents, class Sink>
    void parts(workspace&, const matrix_view<T>& batch, Cotangents&& cotangents, Sink&& sink) const {
        const at::Tensor samples = batch_of(batch);
        libtorch::batch_gradients gradients(parameters_, samples, [&](const at::Tensor& x) { return outputs_of(x); });
        matrix<T> z(batch.rows(), outputs_), u(batch.rows(), outputs_);
        libtorch::copy_to(gradients.outputs(), z.data());
        cotangents(matrix_view<T>(z), matrix_span<T>(u));
        gradients.set_sample_places(places_);
        gradients.backward(on_device(u.data(), {u.rows(), u.cols()}));
        for (std::size_t part = 0; part < layouts_.size(); ++part) {
            const part_form wanted = sink.wants(static_cast<index_t>(part));
            if (wanted == part_form::skipped) continue;
            const at::NoGradGuard no_graph;
            const libtorch::contribution g = gradients.of_parameter(static_cast<int>(part), routes_[part], wanted);
            if (g.a.defined() && wanted != part_form::dense)
                sink.factors(static_cast<index_t>(part), libtorch::rows_of<T>(g.d), libtorch::rows_of<T>(g.a));
            else
                sink.dense(static_cast<index_t>(part),
                           libtorch::rows_of<T>(g.a.defined() ? at::matmul(g.a.transpose(1, 2), g.d) : g.formed));
        }
    }

    /// All weights, in the order of the parts.
    vector<T> weights() const {
        vector<T> all(total_);
        index_t first = 0;
        for (std::size_t i = 0; i < parameters_.size(); ++i) {
            libtorch::copy_to(in_order(parameters_[i].detach(), i), all.data() + first);
            first += parameters_[i].numel();
        }
        return all;
    }

    /// Changes the weights of the module itself, which copies of this share.
    void set_weights(vector_view<T> weights) {
        require(weights.size() == total_, "torch_model::set_weights", "length", weights.size(), total_);
        at::NoGradGuard no_graph;
        index_t first = 0;
        for (std::size_t i = 0; i < parameters_.size(); ++i) {
            at::Tensor to = in_order(parameters_[i], i);
            to.copy_(on_device(weights.data() + first, to.sizes().vec()));
            first += parameters_[i].numel();
        }
    }

private:
    /// Whether a parameter is one that came under another name before.
    bool is_there(const at::Tensor& tensor, const std::string& name) const {
        for (std::size_t i = 0; i < parameters_.size(); ++i) {
            if (parameters_[i].is_same(tensor)) return true;
            require(tensor.numel() == 0 || parameters_[i].data_ptr() != tensor.data_ptr(), "torch_model",
                    "memory of " + name, "that of " + names_[i], "its own, or both the same tensor");
        }
        return false;
    }

    at::Tensor on_device(const T* numbers, const std::vector<int64_t>& shape) const {
        return libtorch::tensor_of(numbers, shape, parameters_[0]);
    }

    at::Tensor batch_of(const matrix_view<T>& batch) const {
        const matrix<T> rows = batch;
        std::vector<int64_t> sizes{rows.rows()};
        sizes.insert(sizes.end(), shape_.begin(), shape_.end());
        return on_device(rows.data(), sizes).to(how_.input);
    }

    at::Tensor outputs_of(const at::Tensor& batch) const {
        at::Tensor z = forward_(batch);
        if (how_.head) z = how_.head(z);
        require(z.dim() == 2 && z.size(0) == batch.size(0), "torch_model", "shape of the logits", c10::str(z.sizes()),
                "samples x classes, " + std::to_string(batch.size(0)) + " x K");
        return z;
    }

    /// The numbers of a parameter as its part has them.
    at::Tensor in_order(const at::Tensor& parameter, std::size_t part) const {
        return transposed_[part] ? parameter.movedim(1, -1).movedim(0, -1) : parameter;
    }

    /// Finds the layouts, and compares the parts of the example's first sample with autograd.
    void inspect(const at::Tensor& example) {
        const at::Tensor samples = example.to(parameters_[0].device(), how_.input);
        libtorch::batch_gradients gradients(parameters_, samples, [&](const at::Tensor& x) { return outputs_of(x); });
        places_ = gradients.sample_places(
            {parameters_, samples.slice(0, 0, 1), [&](const at::Tensor& x) { return outputs_of(x); }});
        gradients.set_sample_places(places_);
        outputs_ = gradients.outputs().size(1);
        at::Tensor u = at::arange(1, outputs_ + 1, gradients.outputs().options().requires_grad(false)).cos();
        gradients.backward(u.expand({samples.size(0), outputs_}).contiguous());
        for (std::size_t part = 0; part < parameters_.size(); ++part) {
            routes_.push_back(gradients.route_of(static_cast<int>(part), names_[part], how_.fallback));
            const auto g = gradients.of_parameter(static_cast<int>(part), routes_.back());
            part_layout layout{.name = names_[part], .outputs = parameters_[part].numel()};
            if (g.a.defined()) layout = {names_[part], g.d.size(2), g.a.size(2), g.a.size(1), false, g.window};
            transposed_.push_back(g.a.defined() && g.transposed);
            layouts_.push_back(layout);
        }
        const at::AutoGradMode with_graph(true);
        libtorch::require_autograd(gradients, parameters_, names_, routes_, u, outputs_of(samples.slice(0, 0, 1)));
    }

    torch_options how_;
    std::function<at::Tensor(at::Tensor)> forward_;
    std::vector<std::string> names_;
    std::vector<at::Tensor> parameters_;
    std::vector<int64_t> shape_;
    std::vector<part_layout> layouts_;
    std::vector<bool> transposed_;
    std::vector<libtorch::route> routes_;
    std::vector<libtorch::sample_place> places_;
    index_t outputs_ = 0, total_ = 0;
};

static_assert(jacobian_provider<torch_model<float>> && has_weights<torch_model<double>>);

}  // namespace lpntk
