#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/io/stored_tensor.hpp"
#include "lpntk/pytorch/modules.hpp"

/// Weights of PyTorch into the library's networks, and back.
///
///     # Python
///     from safetensors.torch import save_file
///     state = model.state_dict()
///     save_file(state, "net.safetensors", metadata={"order": " ".join(state)})
///
///     // C++
///     auto net = nn::resnet18<float, nn::normalisation::batch>(0);
///     nn::load_pytorch(net, io::read_safetensors("net.safetensors"));
namespace lpntk::inline LPNTK_TARGET::nn {

namespace detail {

/// "layer1.0.conv1.weight" -> "layer1.0.conv1".
inline std::string module_of(const std::string& tensor) {
    const std::size_t dot = tensor.rfind('.');
    return dot == std::string::npos ? "" : tensor.substr(0, dot);
}

/// "layer1.0.conv1" -> "layer1.0.conv1.", what its tensors' names begin with; nothing for the network itself.
inline std::string prefix_of(const std::string& module) { return module.empty() ? "" : module + "."; }

/// The modules in the order of the metadata: the words of "order", which are the tensors' names.
inline std::vector<std::string> stored_order(const io::stored_tensors& from) {
    const auto order = from.metadata.find("order");
    require(order != from.metadata.end(), "load_pytorch", "order of the modules",
            "unknown: the file has no metadata \"order\"", "given, as names or when the file is saved");
    std::vector<std::string> modules;
    std::istringstream words(order->second);
    for (std::string word; words >> word;)
        if (modules.empty() || modules.back() != module_of(word)) modules.push_back(module_of(word));
    return modules;
}

/// The tensors of one module into the state; their names are taken off the list.
template <class T>
void load_module(const pytorch_module& to, const std::string& module, const io::stored_tensors& from,
                 std::vector<std::string>& left, vector<T>& state) {
    constexpr const char* here = "load_pytorch";
    const std::string prefix = prefix_of(module);
    for (const pytorch_tensor& tensor : to.tensors) {
        const std::string name = prefix + tensor.name;
        const auto found = from.tensors.find(name);
        require(found != from.tensors.end(), here, name, "missing",
                io::stored_tensor::shape_text(tensor.shape) + ", for " + to.layer);
        require(found->second.shape == tensor.shape, here, name, found->second.text(),
                io::stored_tensor::shape_text(tensor.shape) + ", for " + to.layer);
        const vector<T> numbers = found->second.template values<T>();
        const index_t bad = first_not_finite(numbers.data(), numbers.size());
        require(bad == numbers.size(), here, "a number of " + name, bad < numbers.size() ? numbers[bad] : T(0),
                "finite");
        for (index_t i = 0; i < numbers.size(); ++i) state[tensor.place_of(i)] = numbers[i];
        std::erase(left, name);
    }
    if (to.counts_batches) std::erase(left, prefix + "num_batches_tracked");
}

}  // namespace detail

/// Takes over weights and running statistics from a PyTorch state_dict: images channels last instead of first,
/// matrices transposed, the columns of a linear layer behind a flattened image in this library's order. `modules` names
/// PyTorch's modules ("layer1.0.conv1") in the order of the network's layers with weights. Throws argument_error, and
/// leaves the network as it was, for a number of modules that is not that of the layers, a tensor that is missing or
/// has another shape (both are named) or a number that is not finite, and for tensors that no layer takes.
template <class T, layer Layer>
void load_pytorch(network<T, Layer>& net, const io::stored_tensors& from, const std::vector<std::string>& modules) {
    const std::vector<pytorch_module> to = pytorch_modules(net);
    require(modules.size() == to.size(), "load_pytorch", "number of modules", modules.size(),
            "that of the network's layers with weights, " + std::to_string(to.size()));
    std::vector<std::string> left;
    for (const auto& [name, tensor] : from.tensors) left.push_back(name);
    vector<T> state = net.state();
    for (std::size_t i = 0; i < to.size(); ++i) detail::load_module(to[i], modules[i], from, left, state);
    require(left.empty(), "load_pytorch", "a tensor that no layer takes", left.empty() ? "" : left.front(), "absent");
    net.set_state(state);
}

/// The same in the order that the file's metadata tells: "order", the names of the state_dict with blanks between.
template <class T, layer Layer>
void load_pytorch(network<T, Layer>& net, const io::stored_tensors& from) {
    load_pytorch(net, from, detail::stored_order(from));
}

/// The way back: tensors that PyTorch's load_state_dict takes, and load_pytorch. `modules` as there.
template <class T, layer Layer>
io::stored_tensors to_pytorch(const network<T, Layer>& net, const std::vector<std::string>& modules) {
    const std::vector<pytorch_module> from = pytorch_modules(net);
    require(modules.size() == from.size(), "to_pytorch", "number of modules", modules.size(),
            "that of the network's layers with weights, " + std::to_string(from.size()));
    const vector<T> state = net.state();
    io::stored_tensors all;
    std::string order;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::string prefix = detail::prefix_of(modules[i]);
        const auto add = [&](const std::string& name, io::stored_tensor tensor) {
            const bool is_new = all.tensors.emplace(prefix + name, std::move(tensor)).second;
            require(is_new, "to_pytorch", "module", modules[i], "named once");
            order += (order.empty() ? "" : " ") + prefix + name;
        };
        for (const pytorch_tensor& tensor : from[i].tensors) {
            vector<T> numbers(tensor.size());
            for (index_t j = 0; j < numbers.size(); ++j) numbers[j] = state[tensor.place_of(j)];
            add(tensor.name, io::stored_tensor::of<T>(tensor.shape, numbers));
        }
        if (from[i].counts_batches)
            add("num_batches_tracked", {io::number_type::i64, {}, std::vector<std::uint8_t>(8, 0)});
    }
    all.metadata["order"] = order;
    return all;
}

/// The names of torchvision's residual networks of basic blocks: blocks = {2, 2, 2, 2} for ResNet-18.
inline std::vector<std::string> torchvision_resnet_modules(const std::vector<int>& blocks) {
    std::vector<std::string> names{"conv1", "bn1"};
    for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
        for (int block = 0; block < blocks[stage]; ++block) {
            const std::string prefix = "layer" + std::to_string(stage + 1) + "." + std::to_string(block) + ".";
            for (const char* name : {"conv1", "bn1", "conv2", "bn2"}) names.push_back(prefix + name);
            if (stage == 0 || block > 0) continue;
            for (const char* name : {"downsample.0", "downsample.1"}) names.push_back(prefix + name);
        }
    }
    names.emplace_back("fc");
    return names;
}

}  // namespace lpntk::nn
