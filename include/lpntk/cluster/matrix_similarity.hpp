#pragma once

#include <cmath>
#include <span>
#include <sstream>
#include <string>
#include <utility>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A user's own square matrix as a similarity; owns the matrix. N^2 numbers. Thread-safe.
template <class T>
class matrix_similarity {
public:
    using scalar = T;  ///< of the matrix; float or double

    /// Throws argument_error unless `values` is square, not empty and symmetric (to 1e-4 of its largest
    /// entry, so that matrices from threaded or reduced-precision products pass), numeric_error when it holds
    /// NaN or infinity; both name the items. O(N^2).
    explicit matrix_similarity(matrix<T> values) : values_(std::move(values)) {
        constexpr auto function = "matrix_similarity";
        require(values_.rows() >= 1, function, "number of items", values_.rows(), ">= 1");
        require(values_.rows() == values_.cols(), function, "number of columns", values_.cols(),
                "the number of rows, " + std::to_string(values_.rows()));
        for (index_t i = 0; i < size(); ++i) require_finite_row<T>(i, values_.row(i).transpose(), function);
        require_symmetric();
    }

    index_t size() const { return values_.rows(); }            ///< N
    vector<T> diagonal() const { return values_.diagonal(); }  ///< a copy, N numbers
    /// i, j in [0, N), unchecked.
    T operator()(index_t i, index_t j) const { return values_(i, j); }
    /// A copy into N numbers. Throws argument_error when i or the length of out is wrong.
    void row(index_t i, vector_span<T> out) const {
        constexpr auto function = "matrix_similarity::row";
        require_index(i, size(), function, "i");
        require(out.size() == size(), function, "length of out", out.size(), size());
        out = values_.row(i).transpose();
    }

    /// A copy, one row of `out` (N columns) for each of the indices, which may repeat. Throws argument_error when an
    /// index is out of range or out has other sizes.
    void rows(std::span<const index_t> indices, matrix_span<T> out) const {
        constexpr auto function = "matrix_similarity::rows";
        const auto count = static_cast<index_t>(indices.size());
        require_size(out, count, size(), function, "out");
        for (const index_t i : indices) require_index(i, size(), function, "index");
        for (index_t r = 0; r < count; ++r) out.row(r) = values_.row(indices[static_cast<std::size_t>(r)]);
    }

private:
    void require_symmetric() const {
        const T tolerance = T(1e-4) * values_.cwiseAbs().maxCoeff();
        for (index_t i = 0; i < size(); ++i)
            for (index_t j = 0; j < i; ++j)
                if (std::abs(values_(i, j) - values_(j, i)) > tolerance) {
                    std::ostringstream entry;
                    entry << "entry (" << i << ", " << j << ")";
                    require(false, "matrix_similarity", entry.str(), values_(i, j),
                            "entry (" + std::to_string(j) + ", " + std::to_string(i) + "), since it is symmetric");
                }
    }

    matrix<T> values_;
};

static_assert(similarity<matrix_similarity<float>> && has_rows<matrix_similarity<float>> &&
              has_entries<matrix_similarity<float>>);

}  // namespace lpntk
