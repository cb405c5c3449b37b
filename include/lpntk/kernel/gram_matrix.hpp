#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/kernel/aligned_buffer.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A symmetric N x N kernel matrix, its lower triangle packed row by row: row i holds columns 0 ... i.
///
/// Models the similarity concept of cluster/ (scalar, size, diagonal, row, rows). A value; const use is thread-safe.
/// Memory: N (N + 1) / 2 numbers.
template <class T>
class gram_matrix {
public:
    using scalar = T;  ///< float or double

    gram_matrix() = default;

    /// Uninitialised. Throws memory_error when there is no room, naming N and the bytes.
    explicit gram_matrix(index_t size)
        : size_(size), packed_(packed_size(size), "Gram matrix of " + std::to_string(size) + " samples") {}

    /// N
    index_t size() const { return size_; }
    std::size_t bytes() const { return packed_.bytes(); }  ///< N (N + 1) / 2 numbers of T

    /// kappa(i, j); indices are not checked.
    T operator()(index_t i, index_t j) const { return i >= j ? lower_row(i)[j] : lower_row(j)[i]; }

    /// kappa(i, 0) ... kappa(i, i), contiguous. The whole storage is lower_row(0)[0 ... N (N + 1) / 2 - 1].
    const T* lower_row(index_t i) const { return packed_.data() + i * (i + 1) / 2; }
    /// Writable; different rows from several threads at once.
    T* lower_row(index_t i) { return packed_.data() + i * (i + 1) / 2; }

    /// N numbers, a copy. O(N), one cache line each.
    vector<T> diagonal() const {
        vector<T> all(size_);
        for (index_t i = 0; i < size_; ++i) all[i] = lower_row(i)[i];
        return all;
    }

    /// Writes row i, N numbers. Throws when i or the length is wrong.
    void row(index_t i, vector_span<T> out) const {
        require_index(i, size_, "gram_matrix::row", "i");
        require(out.size() == size_, "gram_matrix::row", "length of out", out.size(), size_);
        std::copy_n(lower_row(i), i + 1, out.data());
        for (index_t j = i + 1; j < size_; ++j) out[j] = lower_row(j)[i];
    }

    /// Writes the rows at `indices`: |indices| x N. Throws when an index or the size of out is wrong.
    void rows(std::span<const index_t> indices, matrix_span<T> out) const {
        require_size(out, static_cast<index_t>(indices.size()), size_, "gram_matrix::rows", "out");
        for (index_t r = 0; r < out.rows(); ++r) row(indices[static_cast<std::size_t>(r)], row_of<T>(out, r));
    }

    /// The whole matrix, both triangles: N x N numbers more. Throws memory_error when there is no room.
    matrix<T> dense() const {
        matrix<T> all = allocate_matrix<T>(size_, size_, "dense Gram matrix of " + std::to_string(size_) + " samples");
        for (index_t i = 0; i < size_; ++i)
            for (index_t j = 0; j <= i; ++j) all(i, j) = all(j, i) = lower_row(i)[j];
        return all;
    }

private:
    static index_t packed_size(index_t size) {
        require(size >= 0, "gram_matrix", "size", size, ">= 0");
        constexpr index_t countable = index_t{1} << 31U;
        return size < countable ? size * (size + 1) / 2 : std::numeric_limits<index_t>::max();
    }

    index_t size_ = 0;
    aligned_buffer<T> packed_;
};

}  // namespace lpntk
