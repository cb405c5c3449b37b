#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "lpntk/attribution/inverse_factor.hpp"
#include "lpntk/attribution/triangular_tiles.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// Ridge regression on psi_i = (sqrt(scale) phi_i, sqrt(bias)), i < N, by its D = P + 1 unknowns: psi is written out 96
/// samples at a time, in tiles of 96 of its numbers each, and never held. All sums are of doubles.
template <class Phi>
class primal_system {
public:
    /// `told` counts samples, each twice.
    primal_system(const Phi& phi, double scale, double bias, int threads, const progress& told)
        : phi_(phi), scale_(std::sqrt(scale)), bias_(std::sqrt(bias)), count_((phi.parameters() + edge) / edge),
          threads_(threads), told_(told) {}

    const Phi& phi() const { return phi_; }
    index_t unknowns() const { return phi_.parameters() + 1; }  ///< D

    /// (Psi^T Psi + lambda I)^-1 as a factor; `right` becomes Psi^T Y, D x K. N D^2 / 2 multiply-adds.
    inverse_factor<double> solve(const matrix<double>& targets, double lambda, matrix<double>& right,
                                 std::string_view function) const {
        tiles sums(unknowns(), "ridge regression with " + std::to_string(unknowns()) + " unknowns");
        for (index_t k = 0; k < unknowns(); ++k) sums(k, k) = lambda;
        matrix<double> moments = matrix<double>::Zero(count_ * edge, targets.cols());
        vector<double> psi(together * count_ * tiles::tile_size);
        const auto tile = [&](index_t t, index_t k) { return psi.data() + (t * count_ + k) * tiles::tile_size; };
        for (index_t first = 0; first < phi_.size(); first += together * edge) {
            const index_t samples = std::min(together * edge, phi_.size() - first);
            const index_t runs = (samples + edge - 1) / edge;
            parallel_for(runs, threads_, [&](index_t t, int) { write(first + t * edge, tile(t, 0)); });
            parallel_for(count_, threads_, [&](index_t from_last, int) {
                const index_t i = count_ - 1 - from_last;
                for (index_t t = 0; t < runs; ++t) {
                    for (index_t j = 0; j <= i; ++j)
                        add_tile_product<right_factor::transposed>(tile(t, i), tile(t, j), sums.tile(i, j));
                    const index_t here = std::min(edge, samples - t * edge);
                    moments.middleRows(i * edge, edge) +=
                        map(tile(t, i)).leftCols(here) * targets.middleRows(first + t * edge, here);
                }
            });
            if (told_) told_(first + samples, 2 * phi_.size());
        }
        right = moments.topRows(unknowns());
        return {std::move(sums), threads_, {}, function};
    }

    /// Calls take(i, psi_i . weights, psi_i^T (Psi^T Psi + lambda I)^-1 psi_i) for each sample, from several threads:
    /// its prediction, and how much it has a say in that. N D^2 / 2 multiply-adds.
    template <class Take>
    void for_each_prediction(const inverse_factor<double>& inverse, const matrix<double>& weights, Take&& take) const {
        matrix<double> padded = matrix<double>::Zero(count_ * edge, weights.cols());
        padded.topRows(unknowns()) = weights;
        const progress second_half = share_of(told_, phi_.size(), phi_.size(), 2 * phi_.size());
        shared_progress done(second_half, phi_.size());
        parallel_for((phi_.size() + edge - 1) / edge, threads_, [&](index_t t, int worker) {
            const index_t first = t * edge, here = std::min(edge, phi_.size() - first);
            vector<double> psi(count_ * tiles::tile_size), product(tiles::tile_size);
            write(first, psi.data());
            vector<double> leverages = vector<double>::Zero(edge);
            matrix<double> predictions = matrix<double>::Zero(edge, weights.cols());
            for (index_t i = 0; i < count_; ++i) {
                product.setZero();
                for (index_t j = 0; j <= i; ++j)
                    add_tile_product<right_factor::plain>(inverse.tiles_of().tile(i, j),
                                                          psi.data() + j * tiles::tile_size, product.data());
                leverages += map(product.data()).colwise().squaredNorm().transpose();
                predictions += map(psi.data() + i * tiles::tile_size).transpose() * padded.middleRows(i * edge, edge);
            }
            for (index_t s = 0; s < here; ++s) take(first + s, predictions.row(s), leverages[s]);
            done.add(here, worker);
        });
        done.finish();
    }

private:
    using tiles = triangular_tiles<double>;
    static constexpr index_t edge = tiles::edge;
    static constexpr index_t together = 4;  // tiles of samples added to a tile of sums while that is in the cache

    static Eigen::Map<const Eigen::MatrixXd> map(const double* tile) { return {tile, edge, edge}; }

    /// psi of 96 samples, a column of each tile a sample; zeros beyond N and D.
    void write(index_t first, double* to) const {
        std::fill_n(to, count_ * tiles::tile_size, 0.0);
        for (index_t s = 0; s < std::min(edge, phi_.size() - first); ++s) {
            const auto row = phi_.explicit_row(first + s);
            const auto at = [&](index_t k) { return to + k / edge * tiles::tile_size + s * edge + k % edge; };
            for (index_t k = 0; k < row.size(); ++k) *at(k) = scale_ * static_cast<double>(row[k]);
            *at(row.size()) = bias_;
        }
    }

    const Phi& phi_;
    double scale_, bias_;
    index_t count_;
    int threads_;
    const progress& told_;
};

}  // namespace lpntk::detail
