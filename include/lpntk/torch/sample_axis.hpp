#pragma once

#include <cstdint>
#include <utility>

#include <ATen/ATen.h>

#include "lpntk/torch/contribution.hpp"
#include "lpntk/torch/recorder.hpp"

/// Operations have their samples along any axis: attention often has its tokens first.
namespace lpntk::inline LPNTK_TARGET::libtorch {

/// Where the samples of an operation are.
struct sample_place {
    int64_t axis = -1;         ///< of its output; -1: nowhere
    bool interleaved = false;  ///< where each has several rows: the first rows of all samples come first
};

/// Finds it in the output of the operation for a batch, given that for its first sample alone.
inline sample_place place_of_samples(const at::Tensor& batch, const at::Tensor& first) {
    const at::NoGradGuard no_graph;
    for (int64_t axis = 0; batch.dim() == first.dim() && axis < batch.dim(); ++axis) {
        const int64_t rows = batch.size(axis), own = first.size(axis);
        if (rows == own) continue;
        if (own == 0 || rows % own != 0) return {};
        const auto differs = [&](const at::Tensor& part) { return (part - first).abs().sum().item<double>(); };
        const bool interleaved = differs(batch.slice(axis, 0, rows, rows / own)) < differs(batch.slice(axis, 0, own));
        return {axis, own > 1 && interleaved};
    }
    return {};
}

/// With the samples first, one behind the other.
inline at::Tensor samples_first(const at::Tensor& values, const sample_place& place, int64_t samples) {
    const at::Tensor moved = values.movedim(place.axis, 0);
    return place.interleaved ? moved.unflatten(0, {-1, samples}).transpose(0, 1).flatten(0, 1) : moved;
}

/// contribution_of where the samples are at `place`, each perhaps with several rows.
inline contribution contribution_along(const sample_place& place, int64_t samples, const parameter_use& use,
                                       std::size_t which, at::Tensor source, const at::Tensor& u, part_form form) {
    const int64_t axis = place.axis;
    if (axis < 0 || use.value.size(axis) % samples != 0) return {};
    parameter_use moved = use;
    if (axis > 0 || place.interleaved) {
        for (std::size_t i = 0; i < moved.inputs.size(); ++i) {
            if (moved.of[i] != parameter_use::of_samples) continue;
            if (!moved.inputs[i].isTensor() || moved.inputs[i].toTensor().dim() <= axis) return {};
            moved.inputs[i] = samples_first(moved.inputs[i].toTensor(), place, samples);
        }
        const int64_t there = axis - use.value.dim() + source.dim();
        if (there >= 0 && is_elementwise(use)) {
            if (source.size(there) != 1) return {};
            source = source.squeeze(there);
        }
    }
    contribution own = contribution_of(moved, which, source, samples_first(u, place, samples), form);
    if (use.value.size(axis) != samples) own.window.reset();
    for (at::Tensor* const factor : {&own.a, &own.d})
        if (factor->defined()) *factor = factor->reshape({samples, -1, factor->size(2)});
    if (own.formed.defined() && own.formed.size(0) > samples)
        own.formed = own.formed.unflatten(0, {samples, own.formed.size(0) / samples}).sum(1);
    return own;
}

}  // namespace lpntk::libtorch
