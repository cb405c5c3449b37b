#pragma once

#include <Eigen/Cholesky>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/attribution/triangular_tiles.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// X = L^-1 of the Cholesky factorisation A = L L^T: what gives A^-1 = X^T X times anything, and its diagonal.
///
/// Overwrites A tile by tile. Left-looking: a column of tiles takes all products with the columns before it, each tile
/// by one thread; then X row by row. The diagonal tiles are Eigen's. N^3 / 3 multiply-adds; the same bits for any
/// number of threads.
template <class T>
class inverse_factor {
public:
    /// Of A, whose lower triangle is in `a`. Throws numeric_error when A is not positive definite to the precision of
    /// T; `report` is told of 2 N / edge columns and rows of tiles.
    inverse_factor(triangular_tiles<T> a, int threads, const progress& report, std::string_view function)
        : x_(std::move(a)), scratch_(static_cast<std::size_t>(worker_count(threads))) {
        for (vector<T>& tile : scratch_) tile.resize(tiles::tile_size);
        const index_t count = x_.count();
        for (index_t j = 0; j < count; ++j) {
            factor_column(j, threads, function);
            if (report) report(j + 1, 2 * count);
        }
        vector<T> row(count * tiles::tile_size);
        for (index_t i = 0; i < count; ++i) {
            invert_row(i, row, threads);
            if (report) report(count + i + 1, 2 * count);
        }
    }

    const triangular_tiles<T>& tiles_of() const { return x_; }

    /// N: the diagonal of A^-1.
    vector<double> inverse_diagonal() const {
        vector<double> sums = vector<double>::Zero(x_.rows());
        for (index_t i = 0; i < x_.count(); ++i)
            for (index_t j = 0; j <= i; ++j)
                sums.segment(j * edge, edge) +=
                    map(x_.tile(i, j)).template cast<double>().colwise().squaredNorm().transpose();
        return sums.head(x_.size());
    }

    /// A^-1 b, N x K.
    matrix<double> solve(const matrix<double>& b, int threads) const {
        columns right = columns::Zero(x_.rows(), b.cols()), between(x_.rows(), b.cols());
        right.topRows(b.rows()) = b.template cast<T>();
        parallel_for(x_.count(), threads, [&](index_t i, int) {
            between.middleRows(i * edge, edge).setZero();
            for (index_t j = 0; j <= i; ++j)
                for (index_t k = 0; k < b.cols(); ++k)
                    between.col(k).segment(i * edge, edge) += map(x_.tile(i, j)) * right.col(k).segment(j * edge, edge);
        });
        parallel_for(x_.count(), threads, [&](index_t j, int) {
            right.middleRows(j * edge, edge).setZero();
            for (index_t i = j; i < x_.count(); ++i)
                for (index_t k = 0; k < b.cols(); ++k)
                    right.col(k).segment(j * edge, edge) +=
                        map(x_.tile(i, j)).transpose() * between.col(k).segment(i * edge, edge);
        });
        return right.topRows(b.rows()).template cast<double>();
    }

private:
    using tiles = triangular_tiles<T>;
    using columns = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    static constexpr index_t edge = tiles::edge;

    static Eigen::Map<columns> map(T* tile) { return {tile, edge, edge}; }
    static Eigen::Map<const columns> map(const T* tile) { return {tile, edge, edge}; }

    /// L below the diagonal of column j, and the inverse of its diagonal tile.
    void factor_column(index_t j, int threads, std::string_view function) {
        parallel_for(x_.count() - j, threads, [&](index_t below, int) {
            const index_t i = j + below;
            for (index_t k = 0; k < j; ++k)
                subtract_tile_product<right_factor::transposed>(x_.tile(i, k), x_.tile(j, k), x_.tile(i, j));
        });
        auto diagonal = map(x_.tile(j, j));
        const Eigen::LLT<columns> factor(diagonal);
        const bool definite =
            factor.info() == Eigen::Success && all_finite(factor.matrixLLT().data(), tiles::tile_size);
        if (!definite)
            throw numeric_error(std::string(function) + ": the kernel with lambda on its diagonal is not positive " +
                                "definite to the precision of its numbers, by item " +
                                std::to_string(std::min((j + 1) * edge, x_.size()) - 1) +
                                ": raise lambda, or give a kernel of doubles");
        diagonal.setIdentity();
        factor.matrixL().solveInPlace(diagonal);
        parallel_for(x_.count() - j - 1, threads, [&](index_t below, int worker) {
            T* const tile = x_.tile(j + 1 + below, j);
            T* const left = scratch_[static_cast<std::size_t>(worker)].data();
            std::copy_n(tile, tiles::tile_size, left);
            tile_product<right_factor::transposed>(left, diagonal.data(), tile);
        });
    }

    /// X in row i, where L is now; the rows above are done.
    void invert_row(index_t i, vector<T>& row, int threads) {
        parallel_for(i, threads, [&](index_t j, int) {
            T* const sum = row.data() + j * tiles::tile_size;
            std::fill_n(sum, tiles::tile_size, T(0));
            for (index_t k = j; k < i; ++k)
                subtract_tile_product<right_factor::plain>(x_.tile(i, k), x_.tile(k, j), sum);
        });
        parallel_for(i, threads, [&](index_t j, int) {
            tile_product<right_factor::plain>(x_.tile(i, i), row.data() + j * tiles::tile_size, x_.tile(i, j));
        });
    }

    triangular_tiles<T> x_;
    std::vector<vector<T>> scratch_;
};

}  // namespace lpntk
