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

/// A row for each entry of the first axis: where the numbers lie, or a copy of them when they lie otherwise.
template <class T>
class rows_of {
public:
    /// Keeps what it copies; else refers to `from`.
    explicit rows_of(const at::Tensor& from)
        : numbers_(from.detach().to(at::kCPU, at::CppTypeToScalarType<T>::value).contiguous()) {}

    /// N x the numbers of an entry; valid as long as this is.
    operator matrix_view<T>() const {
        const index_t rows = numbers_.size(0), columns = rows > 0 ? numbers_.numel() / rows : 0;
        return Eigen::Map<const matrix<T>>(numbers_.template data_ptr<T>(), rows, columns);
    }

private:
    at::Tensor numbers_;
};

}  // namespace lpntk::libtorch
