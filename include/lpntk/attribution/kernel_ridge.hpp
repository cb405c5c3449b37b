#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "lpntk/attribution/inverse_factor.hpp"
#include "lpntk/attribution/primal_fit.hpp"
#include "lpntk/attribution/ridge_fit.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// One-hot labels, N x K: entry (i, labels[i]) is 1. Throws argument_error on labels outside [0, K).
inline matrix<double> one_hot(const class_labels& own) {
    const auto count = static_cast<index_t>(own.labels.size());
    require_valid(own, count, "one_hot");
    auto targets = allocate_matrix<double>(count, own.classes, "labels of " + std::to_string(count) + " items");
    targets.setZero();
    for (index_t i = 0; i < count; ++i) targets(i, own.labels[static_cast<std::size_t>(i)]) = 1;
    return targets;
}

/// Kernel ridge regression, and what it predicts for each item when it is left out, from one factorisation.
///
///     const auto kappa = lpntk::gram(lpntk::tangent_features(net, train, lpntk::all_ones{}));
///     const auto fit   = lpntk::kernel_ridge{}(kappa, train);    // one-hot labels
///     fit.leave_one_out;                                         // N x K: by all samples but itself
///     fit.predict(cross);  fit.weights(cross);                   // new samples, and who has a say in that
///
/// kappa' is kappa with its mean diagonal scaled to 1, plus `bias`. alpha = (kappa' + lambda I)^-1 Y, and in closed
/// form (Cook 1977; Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, section 5.4.2)
///
///     leave-one-out prediction for i = y_i - alpha_i / [(kappa' + lambda I)^-1]_ii
///
/// which is what fitting all other items with this lambda predicts (the scale is not found again). Kernels whose
/// cotangent holds the label (label_signs, loss_gradient) tell it to the fit: take all_ones.
///
/// lambda is the one of `lambdas` whose mean squared leave-one-out error is smallest, over `search` items chosen at
/// random by `seed`: it is the variance of the noise on the targets, which does not depend on N. With one lambda that
/// is the one.
///
/// Reads all rows once; then a triangle of N^2 / 2 numbers of the similarity's type, 2 N^3 / 3 flops, and 2 search^3 /
/// 3 for each lambda. memory_error when it does not fit. float does for lambda >= 0.01 or so (see numeric_error: it is
/// thrown when the kernel is not positive definite to its precision), double below. The same bits for any number of
/// threads. Throws argument_error on labels out of range, lambdas <= 0, bias < 0, a mean diagonal that is not positive,
/// numeric_error on NaN or infinity.
struct kernel_ridge {
    /// Candidates, all > 0.
    std::vector<double> lambdas = {0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30};
    double bias = 1;         ///< added to the scaled kernel
    index_t search = 2000;   ///< items on which lambda is chosen, N at most
    std::uint64_t seed = 0;  ///< which ones
    int threads = 0;         ///< 0: all
    progress report = {};    ///< rows read, then tiles of the factorisation, of the last fit

    /// Of any targets, N x K.
    template <similarity_source Source, class Targets>
    auto operator()(const Source& source, const Eigen::MatrixBase<Targets>& any_targets) const {
        const matrix<double> targets = any_targets.template cast<double>();
        const auto& items = similarity_of(source);
        using T = typename std::remove_cvref_t<decltype(items)>::scalar;
        const double scale = checked_scale(items, targets);
        auto [lambda, trials] = chosen_lambda(source, targets, scale);
        ridge_fit<T> fit = fit_one(read(items, scale, report), targets, scale, lambda, report);
        fit.trials = std::move(trials);
        return fit;
    }

    /// Of one-hot labels.
    template <similarity_source Source>
    auto operator()(const Source& source, const class_labels& own) const {
        require_valid(own, source.size(), function);
        return (*this)(source, one_hot(own));
    }

    /// The same fit by the P numbers of each feature in place of the N^2 of the kernel: for more samples than numbers,
    /// such as a million samples in sketches.
    ///
    ///     const auto phi = lpntk::sketched_features(net, train, lpntk::all_ones{}, {.numbers = 2048});
    ///     const auto fit = lpntk::kernel_ridge{}.primal(phi, train);
    ///
    /// Exact for the kernel that `phi` has; of sketched features it is as near to that of the network as they are.
    /// lambda as above, by the kernel among `search` samples. Writes each sample's feature out twice; N P^2 multiply-
    /// adds and P^3 / 3 in double, of P^2 / 2 doubles of memory. `report` counts samples, twice. Throws what the fit by
    /// the kernel throws.
    template <explicit_features Phi, class Targets>
        requires similarity_source<Phi>
    primal_fit primal(const Phi& phi, const Eigen::MatrixBase<Targets>& any_targets) const {
        const matrix<double> targets = any_targets.template cast<double>();
        const double scale = checked_scale(similarity_of(phi), targets);
        auto [lambda, trials] = chosen_lambda(phi, targets, scale);
        primal_fit fit(detail::primal_system<Phi>(phi, scale, bias, threads, report), targets, scale, bias, lambda,
                       function);
        fit.trials = std::move(trials);
        return fit;
    }

    /// The same of one-hot labels.
    template <explicit_features Phi>
        requires similarity_source<Phi>
    primal_fit primal(const Phi& phi, const class_labels& own) const {
        require_valid(own, phi.size(), function);
        return primal(phi, one_hot(own));
    }

    /// What a fit by a kernel of `items` items with numbers of T takes at most beside that kernel, in bytes: its
    /// triangle, rows on their way to it, tables of the `outputs`, and the smaller fits that choose lambda.
    template <class T>
    std::uint64_t bytes(index_t items, index_t outputs) const {
        using tiles = detail::triangular_tiles<T>;
        const auto rows = static_cast<std::uint64_t>(worker_count(threads) * tiles::edge * items) * sizeof(T);
        const auto tables = static_cast<std::uint64_t>(8 * (items + tiles::edge) * outputs) * sizeof(double);
        const std::uint64_t tried = lambdas.size() > 1 ? 2 * tiles::bytes(std::min(items, search)) : 0;
        return tiles::bytes(items) + tried + rows + tables;
    }

private:
    static constexpr const char* function = "kernel_ridge";

    /// 1 / the mean diagonal, once everything that can be is checked.
    template <similarity S>
    double checked_scale(const S& items, const matrix<double>& targets) const {
        const double mean = checked_diagonal(items, function).template cast<double>().mean();
        require(targets.rows() == items.size(), function, "number of rows of the targets", targets.rows(),
                "the number of items, " + std::to_string(items.size()));
        require(targets.cols() >= 1, function, "number of columns of the targets", targets.cols(), ">= 1");
        require_finite<double>(targets, function, "target");
        require(!lambdas.empty(), function, "number of lambdas", 0, ">= 1");
        for (const double lambda : lambdas) require(lambda > 0 && is_finite(lambda), function, "lambda", lambda, "> 0");
        require(bias >= 0 && is_finite(bias), function, "bias", bias, ">= 0");
        require(search >= 1, function, "search", search, ">= 1");
        require(mean > 0, function, "mean self-similarity", mean, "> 0");
        return 1 / mean;
    }

    /// scale kappa + bias.
    template <similarity S>
    auto read(const S& items, double scale, const progress& told) const {
        using T = typename S::scalar;
        detail::triangular_tiles<T> kappa(items.size(),
                                          "kernel ridge regression of " + std::to_string(items.size()) + " items");
        const row_options options{threads, detail::triangular_tiles<T>::edge, told};
        for_each_row(items, options, function, [&](index_t i, const auto& row, int) {
            for (index_t j = 0; j <= i; ++j) kappa(i, j) = static_cast<T>(scale * static_cast<double>(row[j]) + bias);
        });
        return kappa;
    }

    template <class T>
    ridge_fit<T> fit_one(detail::triangular_tiles<T> kappa, const matrix<double>& targets, double scale, double lambda,
                         const progress& told) const {
        for (index_t i = 0; i < kappa.size(); ++i) kappa(i, i) += static_cast<T>(lambda);
        detail::inverse_factor<T> inverse(std::move(kappa), threads, told, function);
        return ridge_fit<T>(std::move(inverse), targets, scale, bias, lambda, threads);
    }

    /// The lambda of least error, and the error of each; those too small for the precision of the kernel are left out,
    /// unless all are.
    template <class Source>
    std::pair<double, std::vector<ridge_trial>> chosen_lambda(const Source& source, const matrix<double>& targets,
                                                              double scale) const {
        if (lambdas.size() == 1) return {lambdas.front(), {}};
        std::vector<index_t> chosen(static_cast<std::size_t>(targets.rows()));
        std::iota(chosen.begin(), chosen.end(), index_t{0});
        random_stream random(seed);
        if (search < targets.rows()) chosen = random_choice(chosen, search, random);
        const auto& some = similarity_of(source, std::span<const index_t>(chosen));
        const auto kappa = read(some, scale, {});
        matrix<double> own(static_cast<index_t>(chosen.size()), targets.cols());
        for (index_t i = 0; i < own.rows(); ++i) own.row(i) = targets.row(chosen[static_cast<std::size_t>(i)]);
        std::vector<ridge_trial> trials;
        for (std::size_t k = 0; k < lambdas.size(); ++k) try {
                trials.push_back({lambdas[k], fit_one(kappa, own, scale, lambdas[k], {}).error});
            } catch (const numeric_error&) {
                if (trials.empty() && k + 1 == lambdas.size()) throw;
            }
        const auto best = std::min_element(trials.begin(), trials.end(),
                                           [](const auto& a, const auto& b) { return a.error < b.error; });
        return {best->lambda, trials};
    }
};

}  // namespace lpntk
