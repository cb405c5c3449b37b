#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "lpntk/core/types.hpp"

/// Numbers between this library and torch; always copied.
namespace lpntk::inline LPNTK_TARGET::libtorch {

/// A tensor on the device and of the type of `like`.
template <class T>
at::Tensor tensor_of(const T* numbers, const std::vector<int64_t>& shape, const at::Tensor& like) {
    return at::from_blob(const_cast<T*>(numbers), shape, at::CppTypeToScalarType<T>::value)
        .to(like.device(), like.scalar_type(), false, true);
}

/// All numbers of a tensor, in its order.
template <class T>
void copy_to(const at::Tensor& from, T* to) {
    const at::Tensor numbers = from.detach().to(at::kCPU, at::CppTypeToScalarType<T>::value).contiguous();
    std::copy_n(numbers.template data_ptr<T>(), numbers.numel(), to);
}

/// A row for each entry of the first axis.
template <class T>
void copy_rows(const at::Tensor& from, matrix<T>& to) {
    to.resize(from.size(0), from.size(0) > 0 ? from.numel() / from.size(0) : 0);
    copy_to(from, to.data());
}

}  // namespace lpntk::libtorch
