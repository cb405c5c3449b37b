#pragma once

#include <string>
#include <utility>
#include <vector>

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include "lpntk/torch/torch_model.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace libtorch {

/// Whether a value is, or is first of all made of, an attribute of the module.
inline bool is_of_attribute(const ::torch::jit::Value* value) {
    while (value->node()->kind() != c10::prim::GetAttr && !value->node()->inputs().empty())
        value = value->node()->inputs()[0];
    return value->node()->kind() == c10::prim::GetAttr;
}

/// Whether a forward pass may change an attribute of the module: by setting it, or in place (add_).
inline bool changes_itself(const ::torch::jit::Module& module) {
    const auto graph = module.get_method("forward").graph()->copy();
    ::torch::jit::Inline(*graph);
    std::vector<::torch::jit::Block*> blocks{graph->block()};
    while (!blocks.empty()) {
        auto* const block = blocks.back();
        blocks.pop_back();
        for (auto* const node : block->nodes()) {
            const std::string operation = node->kind().toUnqualString();
            const bool in_place = operation.back() == '_' && operation.find("__") == std::string::npos;
            if (node->kind() == c10::prim::SetAttr) return true;
            if (in_place && !node->inputs().empty() && is_of_attribute(node->inputs()[0])) return true;
            for (auto* const inner : node->blocks()) blocks.push_back(inner);
        }
    }
    return false;
}

}  // namespace libtorch

/// A scripted or traced module as a torch_model, `concurrent` unless it changes its attributes. Throws argument_error
/// when it is not in eval mode, and what the constructor of torch_model throws.
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
    how.concurrent = how.concurrent || !libtorch::changes_itself(module);
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
