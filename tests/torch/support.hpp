#pragma once

#include <lpntk/torch/torchscript.hpp>

#undef CHECK  // c10's; Catch2 has one of its own
#include <string>
#include <utility>
#include <vector>

#include <lpntk/core/types.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace test {

using parameter_list = std::vector<std::pair<std::string, at::Tensor>>;

/// A random parameter.
inline at::Tensor parameter(std::vector<int64_t> shape) {
    return (at::randn(shape, at::kDouble) * 0.5).requires_grad_();
}

inline lpntk::matrix<double> as_matrix(const at::Tensor& values) {
    const at::Tensor rows = values.detach().to(at::kDouble).reshape({values.size(0), -1}).contiguous();
    return Eigen::Map<const lpntk::matrix<double>>(rows.data_ptr<double>(), rows.size(0), rows.size(1));
}

/// cos(1), cos(2), ...: a cotangent without symmetry.
struct cosines {
    template <class T>
    void operator()(lpntk::vector_span<T> u) const {
        for (lpntk::index_t k = 0; k < u.size(); ++k) u[k] = std::cos(static_cast<T>(k + 1));
    }
    void operator()(lpntk::vector_span<double> u) const { operator()<double>(u); }
};

/// The kernel by a backward pass of autograd for each sample alone.
template <class Forward>
lpntk::matrix<double> kernel_by_autograd(const parameter_list& parameters, const Forward& forward,
                                         const at::Tensor& samples) {
    std::vector<at::Tensor> tensors, features;
    for (const auto& named : parameters) tensors.push_back(named.second);
    for (int64_t n = 0; n < samples.size(0); ++n) {
        const at::Tensor z = forward(samples.slice(0, n, n + 1))[0];
        const at::Tensor u = at::arange(1, z.size(0) + 1, at::kDouble).cos();
        std::vector<at::Tensor> flat;
        for (const auto& g : ::torch::autograd::grad({(z * u).sum()}, tensors, {}, {}, false, true))
            if (g.defined()) flat.push_back(g.reshape({-1}));
        features.push_back(at::cat(flat));
    }
    const lpntk::matrix<double> phi = as_matrix(at::stack(features));
    return phi * phi.transpose();
}

}  // namespace test
