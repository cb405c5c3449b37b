#pragma once

#include <functional>

#include <ATen/ATen.h>

#include "lpntk/core/target.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// How a torch_model takes its module; the fields are the options.
struct torch_options {
    at::ScalarType input = at::kFloat;                ///< what the module gets: kFloat, kDouble, kLong for tokens
    std::function<at::Tensor(at::Tensor)> head = {};  ///< b x K logits from the module's output; none: the output
    bool fallback = false;  ///< a parameter in an unknown operation: by autograd sample by sample, instead of refused
    bool concurrent =
        false;  ///< a forward pass changes nothing in the module: batches go through it on several threads
};

}  // namespace lpntk
