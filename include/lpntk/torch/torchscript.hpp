#pragma once

#include <string>
#include <utility>
#include <vector>

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include "lpntk/torch/torch_model.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A scripted or traced module as a torch_model. Throws argument_error when it is not in eval mode, and what the
/// constructor of torch_model throws.
template <class T>
torch_model<T> torchscript_model(::torch::jit::Module module, const at::Tensor& example, torch_options how = {}) {
    require(!module.hasattr("training") || !module.is_training(), "torchscript_model", "mode of the module", "training",
            "eval()");
    std::vector<std::pair<std::string, at::Tensor>> parameters;
    for (const auto& parameter : module.named_parameters()) parameters.emplace_back(parameter.name, parameter.value);
    const auto forward = [module](const at::Tensor& batch) mutable {
        const ::torch::jit::GraphOptimizerEnabledGuard as_written(false);  // optimised graphs hide their operations
        const c10::IValue output = module.forward({batch});
        require(output.isTensor(), "torchscript_model", "output of the module", output.tagKind(), "a Tensor");
        return output.toTensor();
    };
    return torch_model<T>(std::move(parameters), forward, example, std::move(how));
}

/// The module of a file that torch.jit.save wrote. Throws file_error when there is none.
template <class T>
torch_model<T> load_torchscript(const std::string& file, const at::Tensor& example, torch_options how = {}) {
    ::torch::jit::Module module;
    try {
        module = ::torch::jit::load(file);
    } catch (const c10::Error& problem) {
        throw file_error(file, std::string("is no TorchScript module: ") + problem.what_without_backtrace());
    }
    return torchscript_model<T>(module, example, std::move(how));
}

}  // namespace lpntk
