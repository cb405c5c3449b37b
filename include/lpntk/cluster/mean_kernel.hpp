#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The mean of several kernels of the same items: of checkpoints of one training, or of networks of several seeds. Each
/// is scaled to a mean diagonal of 1, so that none outweighs the others.
///
///     std::vector<lpntk::gram_matrix<float>> grams;   // one a checkpoint
///     const lpntk::mean_kernel kappa(std::move(grams));
///
/// Owns the kernels. A similarity, thread-safe where they are; a row costs one of each.
template <similarity S>
class mean_kernel {
public:
    using scalar = typename S::scalar;  ///< that of the kernels

    /// Throws argument_error without a kernel, for kernels of different numbers of items and for one whose mean
    /// diagonal is not positive.
    explicit mean_kernel(std::vector<S> kernels) : kernels_(std::move(kernels)) {
        constexpr auto function = "mean_kernel";
        require(!kernels_.empty(), function, "number of kernels", 0, ">= 1");
        diagonal_ = vector<scalar>::Zero(size());
        for (std::size_t k = 0; k < kernels_.size(); ++k) {
            const std::string name = "kernel " + std::to_string(k);
            require(kernels_[k].size() == size(), function, "number of items of " + name, kernels_[k].size(),
                    "that of the first, " + std::to_string(size()));
            const vector<scalar> own = checked_diagonal(kernels_[k], function);
            const scalar mean = own.mean();
            require(mean > 0, function, "mean self-similarity of " + name, mean, "> 0");
            weights_.push_back(1 / (mean * static_cast<scalar>(kernels_.size())));
            diagonal_ += weights_.back() * own;
        }
    }

    /// N
    index_t size() const { return kernels_.front().size(); }
    /// N: the mean of the scaled diagonals.
    vector<scalar> diagonal() const { return diagonal_; }

    /// Row i, N numbers.
    void row(index_t i, vector_span<scalar> out) const {
        vector<scalar> one(size());
        out.setZero();
        for (std::size_t k = 0; k < kernels_.size(); ++k) {
            read_row(kernels_[k], i, one);
            out += weights_[k] * one;
        }
    }

    /// The rows at `indices`, |indices| x N.
    void rows(std::span<const index_t> indices, matrix_span<scalar> out) const {
        matrix<scalar> one(static_cast<index_t>(indices.size()), size());
        out.setZero();
        for (std::size_t k = 0; k < kernels_.size(); ++k) {
            read_rows(kernels_[k], indices, matrix_span<scalar>(one));
            out += weights_[k] * one;
        }
    }

private:
    std::vector<S> kernels_;
    std::vector<scalar> weights_;
    vector<scalar> diagonal_;
};

}  // namespace lpntk
