#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/cluster/clustering.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A clustering, and the sum of squared distances of its items to the means of their clusters.
struct k_means_clustering {
    clustering clusters;   ///< of the best start
    double objective = 0;  ///< that sum
};

/// Kernel k-means (Dhillon, Guan, Kulis, KDD 2004): k-means in feature space, by the kernel trick; each
/// cluster's head is the member nearest to its mean.
///
///     const auto clusters = lpntk::kernel_k_means{.clusters = 20, .seed = 7}(kappa);
///
/// Starts from k-means++ by `seed`, `restarts` times, and takes the clustering of the lowest objective, the sum of
/// squared distances of the items to their clusters' means (the first of equals); each round moves every item to the
/// nearest mean (ties: stay, else the lowest cluster), until no item moves or `rounds` are over. A cluster that loses
/// all its items gets the item farthest from its own mean. A round reads all N rows: give it a Gram. O(N^2) a round,
/// O(N clusters) memory; the same for any number of threads. Throws argument_error unless 1 <= clusters <= N, rounds >=
/// 1 and restarts >= 1, numeric_error on NaN or infinity.
struct kernel_k_means {
    index_t clusters = 0;    ///< M, in [1, N]; must be given
    std::uint64_t seed = 0;  ///< of the k-means++ start; the same seed, the same clusters
    int rounds = 100;        ///< at most, >= 1
    int restarts = 1;        ///< k-means++ starts, of which the best counts, >= 1
    int threads = 0;         ///< 0: all
    progress report = {};    ///< rounds done, of `rounds`, of each start

    /// Asks for all N rows in every round: features make them anew each time.
    template <similarity_source Source>
    clustering operator()(const Source& source) const {
        return with_objective(source).clusters;
    }

    /// The same, with its objective.
    template <similarity_source Source>
    k_means_clustering with_objective(const Source& source) const {
        const auto& items = similarity_of(source);
        const auto bytes = sizeof(double) * static_cast<std::size_t>(std::max<index_t>(clusters, 1));
        return with_lists_of(items, "kernel_k_means", bytes, [&] { return run(items); });
    }

private:
    template <similarity S>
    k_means_clustering run(const S& items) const {
        const vector<double> diagonal = checked_diagonal(items, "kernel_k_means").template cast<double>();
        require(clusters >= 1 && clusters <= items.size(), "kernel_k_means", "clusters", clusters,
                "in [1, number of items = " + std::to_string(items.size()) + "]");
        require(rounds >= 1, "kernel_k_means", "rounds", rounds, ">= 1");
        require(restarts >= 1, "kernel_k_means", "restarts", restarts, ">= 1");
        k_means_clustering best = run(items, diagonal, 0);
        for (int again = 1; again < restarts; ++again)
            if (auto next = run(items, diagonal, again); next.objective < best.objective) best = std::move(next);
        return best;
    }

    template <similarity S>
    k_means_clustering run(const S& items, const vector<double>& diagonal, int restart) const {
        clustering result = start(items, diagonal, restart);
        for (int round = 1;; ++round) {
            const matrix<double> far = distances(items, diagonal, result);
            name_heads(result, far);
            const auto moved = nearest(result, far);
            if (report) report(round, rounds);
            if (round == rounds || moved == result.assignment) return {result, objective_of(result, far)};
            result.assignment = moved;
        }
    }

    static double objective_of(const clustering& now, const matrix<double>& far) {
        double sum = 0;
        for (index_t i = 0; i < far.rows(); ++i) sum += far(i, now.assignment[static_cast<std::size_t>(i)]);
        return sum;
    }

    /// k-means++: each next head is drawn by its squared distance to the nearest head.
    template <similarity S>
    clustering start(const S& items, const vector<double>& diagonal, int restart) const {
        const index_t count = items.size();
        random_stream random(seed, static_cast<std::uint64_t>(restart));
        clustering result{{}, std::vector<index_t>(static_cast<std::size_t>(count), 0)};
        vector<double> apart = vector<double>::Constant(count, std::numeric_limits<double>::max());
        vector<typename S::scalar> row(count);
        index_t head = random.below(count);
        for (index_t c = 0; c < clusters; ++c) {
            read_row(items, head, row);
            require_finite_row<typename S::scalar>(head, row, "kernel_k_means");
            for (index_t i = 0; i < count; ++i) {
                const double squared = std::max(0.0, diagonal[i] + diagonal[head] - 2 * static_cast<double>(row[i]));
                if (squared >= apart[i] && i != head) continue;
                apart[i] = squared;
                result.assignment[static_cast<std::size_t>(i)] = c;
            }
            result.heads.push_back(head);
            apart[head] = -1;
            if (c + 1 < clusters) head = draw(apart, random);
        }
        return result;
    }

    /// An item that is no head yet (heads weigh -1), by its weight; when no weight is positive the lowest.
    static index_t draw(const vector<double>& weights, random_stream& random) {
        double left = random.uniform() * weights.cwiseMax(0.0).sum();
        index_t chosen = -1;
        for (index_t i = 0; i < weights.size() && left >= 0; ++i) {
            if (weights[i] < 0 || (weights[i] == 0 && chosen >= 0)) continue;
            chosen = i;
            left -= weights[i];
        }
        return chosen;
    }

    /// N x M: squared distance of each item to the mean of each cluster.
    template <similarity S>
    matrix<double> distances(const S& items, const vector<double>& diagonal, const clustering& now) const {
        const auto sizes = now.sizes();
        matrix<double> far = matrix<double>::Zero(items.size(), clusters);
        for_each_row(items, {.threads = threads}, "kernel_k_means", [&](index_t i, const auto& row, int) {
            for (index_t j = 0; j < row.size(); ++j)
                far(i, now.assignment[static_cast<std::size_t>(j)]) += static_cast<double>(row[j]);
        });
        vector<double> within = vector<double>::Zero(clusters);
        for (index_t i = 0; i < far.rows(); ++i) {
            const index_t own = now.assignment[static_cast<std::size_t>(i)];
            within[own] += far(i, own);
        }
        for (index_t c = 0; c < clusters; ++c) {
            const auto size = static_cast<double>(sizes[static_cast<std::size_t>(c)]);
            far.col(c) = diagonal.array() - 2 / size * far.col(c).array() + within[c] / (size * size);
        }
        return far;
    }

    void name_heads(clustering& result, const matrix<double>& far) const {
        vector<double> best = vector<double>::Constant(clusters, std::numeric_limits<double>::max());
        for (index_t i = 0; i < far.rows(); ++i) {
            const index_t own = result.assignment[static_cast<std::size_t>(i)];
            if (far(i, own) >= best[own]) continue;
            best[own] = far(i, own);
            result.heads[static_cast<std::size_t>(own)] = i;
        }
    }

    std::vector<index_t> nearest(const clustering& now, const matrix<double>& far) const {
        auto moved = now.assignment;
        std::vector<index_t> sizes(static_cast<std::size_t>(clusters), 0);
        for (index_t i = 0; i < far.rows(); ++i) {
            index_t& own = moved[static_cast<std::size_t>(i)];
            for (index_t c = 0; c < clusters; ++c)
                if (far(i, c) < far(i, own)) own = c;
            ++sizes[static_cast<std::size_t>(own)];
        }
        for (index_t empty = 0; empty < clusters; ++empty) {
            if (sizes[static_cast<std::size_t>(empty)] > 0) continue;
            index_t farthest = -1;
            for (index_t i = 0; i < far.rows(); ++i) {
                const index_t own = moved[static_cast<std::size_t>(i)];
                const bool free = sizes[static_cast<std::size_t>(own)] > 1;
                if (free && (farthest < 0 || far(i, own) > far(farthest, moved[static_cast<std::size_t>(farthest)])))
                    farthest = i;
            }
            --sizes[static_cast<std::size_t>(moved[static_cast<std::size_t>(farthest)])];
            moved[static_cast<std::size_t>(farthest)] = empty;
            ++sizes[static_cast<std::size_t>(empty)];
        }
        return moved;
    }
};

}  // namespace lpntk
