#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "lpntk/cluster/cosine.hpp"
#include "lpntk/cluster/disjoint_sets.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What near means: 1 - rho, one minus the cosine, in [0, 2]; or the distance of the features,
/// sqrt(kappa_ii + kappa_jj - 2 kappa_ij).
enum class feature_distance { cosine, kernel };

/// Sets of items that are as good as the same.
struct duplicate_sets {
    std::vector<std::vector<index_t>> sets;  ///< two items or more each, ascending; the sets by their lowest item
    std::vector<index_t> keep;  ///< of each set the item with the most others within epsilon, the lowest of equals

    /// The items of all sets but those to keep, ascending.
    std::vector<index_t> redundant() const {
        std::vector<index_t> others;
        for (std::size_t s = 0; s < sets.size(); ++s)
            for (const index_t i : sets[s])
                if (i != keep[s]) others.push_back(i);
        std::sort(others.begin(), others.end());
        return others;
    }
};

/// New items and known ones that are as good as the same: what a test set has from its training set.
struct shared_set {
    std::vector<index_t> fresh;  ///< rows of the cross similarity, ascending
    std::vector<index_t> known;  ///< columns of it, ascending
};

/// Finds sets of near duplicates: items at most epsilon apart, and whoever is joined to them by a chain of such steps.
///
///     const auto twins = lpntk::near_duplicates{.epsilon = 0.01}(phi);           // no Gram needed
///     const auto leaks = lpntk::near_duplicates{.epsilon = 0.01}.across(
///         lpntk::cross_gram(psi, phi), test.diagonal(), train.diagonal());        // psi: features of the test set
///
/// One pass over the rows; block x N numbers and a list of N a thread. A zero feature has cosine 0 with everything. The
/// same for any number of threads. A kernel of floats tells cosine distances of 1e-6 apart, and distances of 1e-3 of
/// the lengths. Throws argument_error unless epsilon >= 0, numeric_error on NaN or infinity.
struct near_duplicates {
    double epsilon = 0.01;                           ///< how far apart duplicates may be, >= 0
    feature_distance by = feature_distance::cosine;  ///< measured so
    int threads = 0;                                 ///< 0: all
    index_t block = 64;                              ///< rows asked for at once
    progress report = {};                            ///< rows read, of N

    /// Within one set of items.
    template <similarity_source Source>
    duplicate_sets operator()(const Source& source) const {
        require(epsilon >= 0, function, "epsilon", epsilon, ">= 0");
        const auto& items = similarity_of(source);
        const vector<double> diagonal = checked_diagonal(items, function).template cast<double>();
        const nearness near(*this, diagonal, diagonal);
        const auto bytes = sizeof(index_t) * static_cast<std::size_t>(worker_count(threads) + 2);
        return with_lists_of(items, function, bytes, [&] { return run(items, near); });
    }

    /// Between M new items and N known ones, from their similarities M x N and to themselves: only pairs of one new and
    /// one known item make a step of a chain. Throws argument_error also for other numbers of self-similarities.
    template <class T, class Fresh, class Known>
    std::vector<shared_set> across(const matrix<T>& cross, const Eigen::MatrixBase<Fresh>& fresh_diagonal,
                                   const Eigen::MatrixBase<Known>& known_diagonal) const {
        require(epsilon >= 0, function, "epsilon", epsilon, ">= 0");
        require(fresh_diagonal.size() == cross.rows(), function, "number of self-similarities of new items",
                fresh_diagonal.size(), cross.rows());
        require(known_diagonal.size() == cross.cols(), function, "number of self-similarities of known items",
                known_diagonal.size(), cross.cols());
        require_finite<T>(cross, function, "similarity to the known items");
        const nearness near(*this, fresh_diagonal.template cast<double>(), known_diagonal.template cast<double>());
        disjoint_sets joined(cross.rows() + cross.cols());
        for (index_t i = 0; i < cross.rows(); ++i)
            for (index_t j = 0; j < cross.cols(); ++j)
                if (near(static_cast<double>(cross(i, j)), i, j)) joined.join(i, cross.rows() + j);
        std::vector<shared_set> found;
        for (const auto& members : joined.several()) {
            found.emplace_back();
            for (const index_t i : members)
                if (i < cross.rows())
                    found.back().fresh.push_back(i);
                else
                    found.back().known.push_back(i - cross.rows());
        }
        return found;
    }

private:
    static constexpr const char* function = "near_duplicates";

    /// Whether row item i and column item j are at most epsilon apart.
    class nearness {
    public:
        nearness(const near_duplicates& policy, const vector<double>& rows, const vector<double>& columns)
            : by_(policy.by), epsilon_(policy.epsilon), rows_(lengths(rows)), columns_(lengths(columns)) {}

        bool operator()(double kappa, index_t i, index_t j) const {
            if (by_ == feature_distance::cosine) return 1 - kappa * (rows_[i] * columns_[j]) <= epsilon_;
            return rows_[i] + columns_[j] - 2 * kappa <= epsilon_ * epsilon_;
        }

    private:
        vector<double> lengths(const vector<double>& diagonal) const {
            return by_ == feature_distance::cosine ? vector<double>(diagonal.unaryExpr(&inverse_length)) : diagonal;
        }

        feature_distance by_;
        double epsilon_;
        vector<double> rows_, columns_;  // 1 / length for the cosine, else squared lengths
    };

    template <similarity S>
    duplicate_sets run(const S& items, const nearness& near) const {
        std::vector<disjoint_sets> joined(static_cast<std::size_t>(worker_count(threads)), disjoint_sets(items.size()));
        std::vector<index_t> partners(static_cast<std::size_t>(items.size()), 0);
        for_each_row(items, {threads, block, report}, function, [&](index_t i, const auto& row, int worker) {
            for (index_t j = 0; j < row.size(); ++j)
                if (j != i && near(static_cast<double>(row[j]), i, j)) {
                    joined[static_cast<std::size_t>(worker)].join(i, j);
                    ++partners[static_cast<std::size_t>(i)];
                }
        });
        for (std::size_t w = 1; w < joined.size(); ++w) joined.front().join(joined[w]);
        duplicate_sets found{joined.front().several(), {}};
        for (const auto& set : found.sets)
            found.keep.push_back(*std::max_element(set.begin(), set.end(), [&](index_t a, index_t b) {
                return partners[static_cast<std::size_t>(a)] < partners[static_cast<std::size_t>(b)];
            }));
        return found;
    }
};

}  // namespace lpntk
