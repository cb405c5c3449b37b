#pragma once

#include <vector>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include "lpntk/torch/contribution.hpp"

/// Gradients of single samples, written out.
namespace lpntk::inline LPNTK_TARGET::libtorch {

/// Factors multiplied: b x the shape of their source.
inline at::Tensor shaped(const contribution& factors, const at::Tensor& source) {
    const at::Tensor product = factors.transposed ? at::matmul(factors.d.transpose(1, 2), factors.a)
                                                  : at::matmul(factors.a.transpose(1, 2), factors.d);
    if (factors.transposed && source.dim() > 2) return channels_second(product, source.sizes());
    std::vector<int64_t> sizes{product.size(0)};
    sizes.insert(sizes.end(), source.sizes().begin(), source.sizes().end());
    return product.reshape(sizes);
}

/// b x the shape of a parameter.
inline at::Tensor zeros_for(int64_t samples, const at::Tensor& parameter) {
    std::vector<int64_t> sizes{samples};
    sizes.insert(sizes.end(), parameter.sizes().begin(), parameter.sizes().end());
    return at::zeros(sizes, parameter.options().requires_grad(false));
}

/// sum += the pullback of the cotangent to `by`.
inline void add_gradient(const at::Tensor& of, const at::Tensor& cotangent, const at::Tensor& by,
                         const at::Tensor& sum) {
    const auto gradient = ::torch::autograd::grad({of}, {by}, {cotangent}, true, false, true);
    if (gradient[0].defined()) sum.add_(gradient[0]);
}

}  // namespace lpntk::libtorch
