#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/io/stored_tensor.hpp"
#include "lpntk/nn/training_state.hpp"
#include "lpntk/pytorch/load_pytorch.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// A network, a training of it as it stands, and the way into a file and back.
///
///     nn::training_state<float> state;
///     how.after_step = [&](const auto& step) {
///         if (step.epoch_ends) io::write_safetensors("run.safetensors", nn::checkpoint(net, state));
///     };
///     nn::train(net, data, how, state);
///
///     // Later, with the same data and options: the bits of a run that was never interrupted.
///     nn::restore_checkpoint(net, state, io::read_safetensors("run.safetensors"));
///     nn::train(net, data, how, state);
///
/// The tensors are those of to_pytorch, the modules named "0", "1", ..., and "optimizer.steps", "optimizer.velocity".
template <class T, layer Layer>
io::stored_tensors checkpoint(const network<T, Layer>& net, const training_state<T>& state) {
    std::vector<std::string> modules;
    for (std::size_t i = 0; i < pytorch_modules(net).size(); ++i) modules.push_back(std::to_string(i));
    io::stored_tensors all = to_pytorch(net, modules);
    io::stored_tensor steps{io::number_type::i64, {}, {}};
    for (unsigned byte = 0; byte < 8; ++byte)
        steps.bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(state.steps) >> (8 * byte)));
    all.tensors["optimizer.steps"] = std::move(steps);
    all.tensors["optimizer.velocity"] = io::stored_tensor::of<T>({state.velocity.size()}, state.velocity);
    return all;
}

/// Takes over what checkpoint() stored. Throws argument_error, and leaves network and state as they were, for what
/// load_pytorch refuses, and for a number of steps or a velocity that are missing or cannot be this network's.
template <class T, layer Layer>
void restore_checkpoint(network<T, Layer>& net, training_state<T>& state, io::stored_tensors from) {
    constexpr const char* here = "restore_checkpoint";
    const auto take = [&](const char* name) {
        const auto found = from.tensors.find(name);
        require(found != from.tensors.end(), here, name, "missing", "there: the file holds no training");
        io::stored_tensor tensor = std::move(found->second);
        from.tensors.erase(found);
        return tensor;
    };
    const io::stored_tensor stored_steps = take("optimizer.steps"), stored_velocity = take("optimizer.velocity");
    require(stored_steps.size() == 1, here, "optimizer.steps", stored_steps.text(), "one number");
    const double steps = stored_steps.template values<double>()[0];
    require(steps >= 0 && steps <= 0x1p53 && std::floor(steps) == steps, here, "optimizer.steps", steps,
            "a whole number >= 0");
    training_state<T> found{static_cast<index_t>(steps), stored_velocity.template values<T>()};
    require(found.velocity.size() == net.parameters() || (found.steps == 0 && found.velocity.size() == 0), here,
            "length of optimizer.velocity", found.velocity.size(),
            "the number of weights, " + std::to_string(net.parameters()));
    require(all_finite(found.velocity.data(), found.velocity.size()), here, "optimizer.velocity", "not finite",
            "finite");
    load_pytorch(net, from);
    state = std::move(found);
}

}  // namespace lpntk::nn
