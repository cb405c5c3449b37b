#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/attribution/inverse_factor.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A lambda that was tried, and the mean squared leave-one-out error that it has.
struct ridge_trial {
    double lambda = 0;  ///< what was added to the diagonal
    double error = 0;   ///< over all items and targets
};

/// The kernel ridge regression of N items by kappa' = scale kappa + bias, as kernel_ridge makes it. A value; const use
/// is thread-safe. Holds a triangle of N^2 / 2 numbers.
template <class T>
class ridge_fit {
public:
    double lambda = 0;                ///< that was taken
    std::vector<ridge_trial> trials;  ///< what it was chosen from; empty when it was given
    matrix<double> dual;              ///< N x K: alpha = (kappa' + lambda I)^-1 Y
    matrix<double> leave_one_out;     ///< N x K: the prediction for each item by all others
    double error = 0;                 ///< mean squared distance of leave_one_out to Y, over all N K numbers

    /// Of the inverse factor of kappa' + lambda I and Y, N x K.
    ridge_fit(detail::inverse_factor<T> inverse, const matrix<double>& targets, double scaled_by, double bias_added,
              double regularised_by, int threads)
        : lambda(regularised_by), dual(inverse.solve(targets, threads)), scale_(scaled_by), bias_(bias_added),
          inverse_(std::move(inverse)) {
        const vector<double> diagonal = inverse_.inverse_diagonal();
        const matrix<double> residuals = dual.array().colwise() / diagonal.array();
        leave_one_out = targets - residuals;
        error = residuals.squaredNorm() / static_cast<double>(residuals.size());
    }

    index_t size() const { return dual.rows(); }     ///< N
    index_t outputs() const { return dual.cols(); }  ///< K

    /// The predictions for M new items, M x K, from their similarities to the N, M x N:
    ///
    ///     fit.predict(lpntk::cross_gram(psi, phi))   // psi: features of the new samples
    ///
    /// Throws argument_error for another number of columns, numeric_error naming a row that is not finite. O(M N K).
    matrix<double> predict(const sample_rows<T>& cross, int threads = 0) const {
        require_columns(cross, "ridge_fit::predict");
        matrix<double> predicted(cross.rows(), outputs());
        const vector<double> constant = bias_ * dual.colwise().sum().transpose();
        parallel_for(cross.rows(), threads, [&](index_t i, int) {
            const vector<double> row = row_of<T>(cross, i).template cast<double>();
            predicted.row(i) = (scale_ * (dual.transpose() * row) + constant).transpose();
        });
        return predicted;
    }

    /// The weight of each of the N items in the predictions for M new ones, kappa'(new, items) (kappa' + lambda I)^-1:
    /// M x N. Times Y it is predict(), so entry (m, n) times row n of Y is what item n contributes to the prediction
    /// for m.
    ///
    /// Throws as predict() does, memory_error when the weights do not fit. N^2 multiply-adds a new item.
    matrix<T> weights(const sample_rows<T>& cross, int threads = 0) const {
        require_columns(cross, "ridge_fit::weights");
        matrix<T> found =
            with_memory("weights of " + std::to_string(size()) + " items in predictions",
                        static_cast<std::uint64_t>(cross.rows()) * static_cast<std::uint64_t>(size()) * sizeof(T),
                        [&] { return matrix<T>(cross.rows(), size()); });
        for (index_t first = 0; first < cross.rows(); first += edge)
            weights_of(cross, first, std::min(edge, cross.rows() - first), found, threads);
        return found;
    }

private:
    using tiles = detail::triangular_tiles<T>;
    static constexpr index_t edge = tiles::edge;

    void require_columns(const sample_rows<T>& cross, std::string_view function) const {
        require(cross.cols() == size(), function, "number of columns of the similarities to new items", cross.cols(),
                "the number of items of the fit, " + std::to_string(size()));
        require_finite<T>(cross, function, "similarity to the items");
    }

    /// Of `count` rows of `cross` from `first` on: two products with the triangle X of A^-1 = X^T X.
    void weights_of(const sample_rows<T>& cross, index_t first, index_t count, matrix<T>& found, int threads) const {
        const tiles& x = inverse_.tiles_of();
        vector<T> rows = vector<T>::Zero(x.count() * tiles::tile_size), half = rows;
        const auto tile = [](vector<T>& of, index_t j) { return of.data() + j * tiles::tile_size; };
        parallel_for(size(), threads, [&](index_t j, int) {
            for (index_t r = 0; r < count; ++r)
                rows[j * edge + r] = static_cast<T>(scale_ * static_cast<double>(cross(first + r, j)) + bias_);
        });
        parallel_for(x.count(), threads, [&](index_t i, int) {
            for (index_t j = 0; j <= i; ++j)
                detail::subtract_tile_product<detail::right_factor::transposed>(tile(rows, j), x.tile(i, j),
                                                                                tile(half, i));
        });
        parallel_for(x.count(), threads, [&](index_t j, int) {
            std::fill_n(tile(rows, j), tiles::tile_size, T(0));
            for (index_t i = j; i < x.count(); ++i)
                detail::subtract_tile_product<detail::right_factor::plain>(tile(half, i), x.tile(i, j), tile(rows, j));
            for (index_t c = j * edge; c < std::min((j + 1) * edge, size()); ++c)
                for (index_t r = 0; r < count; ++r) found(first + r, c) = rows[c * edge + r];
        });
    }

    double scale_;
    double bias_;
    detail::inverse_factor<T> inverse_;
};

}  // namespace lpntk
