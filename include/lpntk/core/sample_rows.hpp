#pragma once

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Samples as the rows of a matrix, N x D: what everything takes that works on samples. Made without a copy from
/// row-major matrices, blocks and maps, with one from other layouts.
template <class T>
class sample_rows : public matrix_view<T> {
public:
    /// Any Eigen expression with a sample a row; refers to it where no copy is made.
    template <class Derived>
    sample_rows(const Eigen::DenseBase<Derived>& rows) : matrix_view<T>(rows.derived()) {}

    /// A column vector would be taken for D samples of one number each: one sample is x.transpose().
    template <class Derived>
        requires(Derived::ColsAtCompileTime == 1 && Derived::RowsAtCompileTime != 1)
    sample_rows(const Eigen::DenseBase<Derived>& vector) = delete;
};

}  // namespace lpntk
