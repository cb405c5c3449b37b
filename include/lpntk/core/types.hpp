#pragma once

#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns in its own intrinsics, wherever Eigen's are inlined: _mm512_undefined_ps() is uninitialised.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

#include <Eigen/Core>

#include "lpntk/core/target.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Signed index and size type of the whole library.
using index_t = Eigen::Index;

/// Owning row-major matrix: one sample, or one kernel row, is contiguous.
template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Owning column vector.
template <class T>
using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// Read-only view of contiguous numbers; made without a copy from vectors, segments and maps.
template <class T>
using vector_view = Eigen::Ref<const vector<T>>;

/// Writable view of contiguous numbers.
template <class T>
using vector_span = Eigen::Ref<vector<T>>;

/// Read-only view of a row-major block; rows are contiguous, the stride between them is free.
template <class T>
using matrix_view = Eigen::Ref<const matrix<T>, 0, Eigen::OuterStride<>>;

/// Writable view of a row-major block.
template <class T>
using matrix_span = Eigen::Ref<matrix<T>, 0, Eigen::OuterStride<>>;

/// Row `i` of a row-major matrix as a column vector view, without a copy.
template <class T>
Eigen::Map<const vector<T>> row_of(const matrix_view<T>& rows, index_t i) {
    return {rows.data() + i * rows.outerStride(), rows.cols()};
}

/// Writable row `i` of a row-major block, as a column vector, without a copy.
template <class T>
Eigen::Map<vector<T>> row_of(matrix_span<T>& rows, index_t i) {
    return {rows.data() + i * rows.outerStride(), rows.cols()};
}

}  // namespace lpntk
