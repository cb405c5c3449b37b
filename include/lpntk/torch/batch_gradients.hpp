#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/engine.h>

#include "lpntk/core/require.hpp"
#include "lpntk/torch/contribution.hpp"
#include "lpntk/torch/recorder.hpp"
#include "lpntk/torch/sample_axis.hpp"
#include "lpntk/torch/written_out.hpp"

namespace lpntk::inline LPNTK_TARGET::libtorch {

/// How the gradients by a parameter are had.
enum class route {
    factors,      ///< outer products
    written_out,  ///< formed from what the operations saw
    autograd      ///< a backward pass for each sample
};

/// The gradients of each sample of a batch by each parameter, after one forward and one backward pass.
class batch_gradients {
public:
    /// Runs `forward` on the samples and records it.
    template <class Forward>
    batch_gradients(const std::vector<at::Tensor>& parameters, const at::Tensor& samples, const Forward& forward)
        : parameters_(parameters), samples_(samples) {
        const at::AutoGradMode with_graph(true);
        recorder recorded(parameters, samples);
        outputs_ = forward(samples);
        recorded.stop();
        require(outputs_.requires_grad(), "torch_model", "dependence of the logits on the parameters", "none", "one");
        require(recorded.problems().empty(), "torch_model", "operation",
                recorded.problems().empty() ? "" : recorded.problems().front() + " in training mode", "that of eval()");
        sources_ = recorded.sources();
        uses_ = recorded.uses();
    }

    const at::Tensor& outputs() const { return outputs_; }  ///< b x K

    /// Where each use has its samples, found with the help of a pass of the first sample alone.
    std::vector<sample_place> sample_places(const batch_gradients& of_first) const {
        require(of_first.uses_.size() == uses_.size(), "torch_model", "number of operations for a single sample",
                of_first.uses_.size(), uses_.size());
        std::vector<sample_place> places;
        for (std::size_t use = 0; use < uses_.size(); ++use)
            places.push_back(place_of_samples(uses_[use].value, of_first.uses_[use].value));
        return places;
    }

    /// As sample_places() found them.
    void set_sample_places(const std::vector<sample_place>& places) {
        require(uses_.size() == places.size(), "torch_model", "number of operations", uses_.size(), places.size());
        places_ = places;
    }

    /// From cotangents u, b x K: the gradients by the outputs of all uses.
    void backward(const at::Tensor& u) {
        u_ = u;
        ::torch::autograd::edge_list wanted;
        for (const parameter_use& use : uses_) wanted.push_back(use.output);
        by_use_.clear();
        if (wanted.empty()) return;
        by_use_ = ::torch::autograd::Engine::get_default_engine().execute(
            {::torch::autograd::impl::gradient_edge(outputs_)}, {u}, true, false, false, wanted);
        for (std::size_t i = 0; i < uses_.size(); ++i)
            if (!by_use_[i].defined()) by_use_[i] = at::zeros_like(uses_[i].value.detach());
    }

    /// How the gradients by a parameter are had. Throws argument_error naming the parameter and the operation when that
    /// is not known, unless autograd may do it.
    route route_of(int parameter, const std::string& name, bool fallback) const {
        for (const auto& [use, which] : uses_of(parameter)) {
            const contribution own = contribution_to(use, which);
            if (own.formed.defined() || own.a.defined()) continue;
            require(fallback, "torch_model", "operation of parameter " + name, uses_[use].operation,
                    "one that is known; or allow fallback");
            return route::autograd;
        }
        return factors_of(parameter).a.defined() ? route::factors : route::written_out;
    }

    /// The gradient by a parameter for each sample: as factors, T positions of all its uses together, with the image in
    /// place of patches where `form` is pixels and there is a window; or written out.
    contribution of_parameter(int parameter, route how, part_form form = part_form::factors) const {
        if (how == route::factors) return factors_of(parameter, form);
        return {.formed = how == route::autograd ? by_autograd(parameter) : formed(parameter)};
    }

    /// b x the parameter's shape, whatever its form.
    at::Tensor written_out(int parameter, route how) const {
        const contribution own = of_parameter(parameter, how);
        return own.formed.defined() ? own.formed : shaped(own, parameters_[static_cast<std::size_t>(parameter)]);
    }

private:
    /// Use and input of it, for each source that is made of the parameter.
    std::vector<std::pair<std::size_t, std::size_t>> uses_of(int parameter) const {
        std::vector<std::pair<std::size_t, std::size_t>> all;
        for (std::size_t use = 0; use < uses_.size(); ++use)
            for (std::size_t which = 0; which < uses_[use].of.size(); ++which) {
                const int from = uses_[use].of[which];
                if (from < 0) continue;
                const auto& made_of = source(from).parameters;
                if (source(from).tensor.requires_grad() &&
                    std::find(made_of.begin(), made_of.end(), parameter) != made_of.end())
                    all.emplace_back(use, which);
            }
        return all;
    }

    const recorder::source& source(int index) const { return sources_[static_cast<std::size_t>(index)]; }

    contribution contribution_to(std::size_t use, std::size_t which, part_form form = part_form::factors) const {
        const at::NoGradGuard no_graph;
        return contribution_along(places_[use], samples_.size(0), uses_[use], which,
                                  source(uses_[use].of[which]).tensor, by_use_[use], form);
    }

    /// All uses as one sum of outer products; undefined where they are not.
    contribution factors_of(int parameter, part_form form = part_form::factors) const {
        std::vector<at::Tensor> a, d;
        bool transposed = false;
        const auto uses = uses_of(parameter);
        for (const auto& [use, which] : uses) {
            const int from = uses_[use].of[which];
            contribution own = contribution_to(use, which, form);
            if (!own.a.defined() || (from != parameter && source(from).transposed_of != parameter)) return {};
            if (from != parameter) own.transposed = !own.transposed;
            if (uses.size() == 1) return own;
            if (a.empty()) transposed = own.transposed;
            if (own.transposed != transposed) std::swap(own.a, own.d);
            a.push_back(own.a);
            d.push_back(own.d);
        }
        if (a.empty()) return {};
        return {.a = at::cat(a, 1), .d = at::cat(d, 1), .transposed = transposed};
    }

    at::Tensor by_autograd(int parameter) const {
        const at::Tensor& to = parameters_[static_cast<std::size_t>(parameter)];
        const at::Tensor sum = zeros_for(samples_.size(0), to);
        for (int64_t n = 0; n < samples_.size(0); ++n) {
            at::Tensor only = at::zeros_like(u_);
            only[n].copy_(u_[n]);
            add_gradient(outputs_, only, to, sum[n]);
        }
        return sum;
    }

    at::Tensor formed(int parameter) const {
        const at::Tensor& to = parameters_[static_cast<std::size_t>(parameter)];
        const at::Tensor sum = zeros_for(samples_.size(0), to);
        for (const auto& [use, which] : uses_of(parameter)) {
            const int from = uses_[use].of[which];
            const contribution own = contribution_to(use, which);
            const at::Tensor each = own.formed.defined() ? own.formed : shaped(own, source(from).tensor);
            if (from == parameter)
                sum.add_(each.reshape(sum.sizes()));
            else
                for (int64_t n = 0; n < samples_.size(0); ++n)
                    add_gradient(source(from).tensor, each[n].reshape(source(from).tensor.sizes()), to, sum[n]);
        }
        return sum;
    }

    std::vector<at::Tensor> parameters_;
    at::Tensor samples_, outputs_, u_;
    std::vector<recorder::source> sources_;
    std::vector<parameter_use> uses_;
    std::vector<at::Tensor> by_use_;
    std::vector<sample_place> places_;
};

}  // namespace lpntk::libtorch
