#pragma once

#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include "lpntk/core/require.hpp"
#include "lpntk/torch/batch_gradients.hpp"

namespace lpntk::inline LPNTK_TARGET::libtorch {

/// Throws argument_error unless the first sample's gradients are those that autograd finds in the same pass, and in a
/// pass `alone`, the logits of that sample alone. The last differ more: rounding in another order may switch a unit on
/// or off. `u` are the cotangents of a sample; names and routes are those of the parameters.
inline void require_autograd(const batch_gradients& found, const std::vector<at::Tensor>& parameters,
                             const std::vector<std::string>& names, const std::vector<route>& routes,
                             const at::Tensor& u, const at::Tensor& alone) {
    const bool fine = u.scalar_type() == at::kDouble;
    const auto gradients = [&](const at::Tensor& logits) {
        return ::torch::autograd::grad({(logits[0] * u).sum()}, parameters, {}, true, false, true);
    };
    const auto together = gradients(found.outputs()), apart = gradients(alone);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto given = [&](const at::Tensor& g) { return g.defined() ? g : at::zeros_like(parameters[i]); };
        const at::Tensor right = given(together[i]);
        const double size = right.norm().item<double>();
        const auto require_close = [&](const at::Tensor& other, double allowed, const char* where) {
            const double difference = (other - right).norm().item<double>();
            require(difference <= allowed * size + 1e-12, "torch_model", "gradient by " + names[i] + " off by",
                    difference / (size > 0 ? size : 1), c10::str("<= ", allowed, " of autograd's", where));
        };
        require_close(found.written_out(static_cast<int>(i), routes[i])[0], fine ? 1e-9 : 1e-3, "");
        require_close(given(apart[i]), fine ? 1e-9 : 0.1,
                      " for the sample alone: are the samples independent of each other?");
    }
}

}  // namespace lpntk::libtorch
