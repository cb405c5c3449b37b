#pragma once

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What a concept passes in the place of an output, to refuse members that take it by value: these would write
/// into a copy of theirs, and the caller's numbers would stay uninitialised.
///
///     template <class S>
///     concept has_row = requires(const S& items, index_t i, vector_probe<double> out) { items.row(i, out); };
///
/// | parameter of the member                                           | accepted                                |
/// | ----------------------------------------------------------------- | --------------------------------------- |
/// | `vector_span<T> out`, `vector_span<T>& out`                       | yes, a probe is one                     |
/// | `auto out`, `auto& out`, `auto&& out`                             | yes, and the body compiles with a probe |
/// | `Eigen::Ref<...>` or `Eigen::MatrixBase<Derived>&`, deduced       | yes                                     |
/// | `vector<T> out`, `const vector<T>& out`, any Eigen::Matrix, Array | no: the conversion to it is deleted     |
///
/// Only for unevaluated operands: nobody can make one. The caller must then pass a span that has a name, never an
/// owning vector or matrix, of which `auto out` would be a copy. In a generic body `vector<T> old = out;` does not
/// compile with a probe; `vector<T> old(out);` does.
template <class Span>
class output_probe : public Span {
public:
    output_probe() = delete;

    using Span::operator=;

    template <class T, int Rows, int Columns, int Options, int MaxRows, int MaxColumns>
    operator Eigen::Matrix<T, Rows, Columns, Options, MaxRows, MaxColumns>() const = delete;

    template <class T, int Rows, int Columns, int Options, int MaxRows, int MaxColumns>
    operator Eigen::Array<T, Rows, Columns, Options, MaxRows, MaxColumns>() const = delete;
};

/// The probe of a vector_span<T>.
template <class T>
using vector_probe = output_probe<vector_span<T>>;

/// The probe of a matrix_span<T>.
template <class T>
using matrix_probe = output_probe<matrix_span<T>>;

}  // namespace lpntk
