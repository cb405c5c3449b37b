#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/score/row_statistics.hpp"
#include "lpntk/score/scores.hpp"

/// How likely a sample's label is wrong, from the rows of a kernel alone: higher is more suspect.
///
///     const auto statistics = lpntk::collect_row_statistics{}(kappa, train);
///     const auto suspects   = lpntk::score::nearer_to_another_class{}(statistics, train.labels);
///
/// All take the statistics of N samples and their N labels in [0, K), and throw argument_error for others. O(N K).
/// Thread-safe.
namespace lpntk::inline LPNTK_TARGET::score {

/// What nearness to a class is measured by: the mean of kappa, or of the cosines rho, over its samples.
enum class nearness { similarity, cosine };

namespace detail {

inline const matrix<double>& mean_of(const row_statistics& statistics, nearness by) {
    return by == nearness::cosine ? statistics.mean_cosine : statistics.mean_similarity;
}

inline void require_labels_of(const row_statistics& statistics, std::span<const int> labels,
                              std::string_view function) {
    require(static_cast<index_t>(labels.size()) == statistics.size(), function, "number of labels", labels.size(),
            "the number of samples, " + std::to_string(statistics.size()));
    require_labels(labels, statistics.classes(), function);
}

}  // namespace detail

/// Minus the mean over the other samples of the sample's own class.
struct far_from_own_class {
    nearness by = nearness::cosine;  ///< by cosine the size of gradients does not count

    /// In [-1, 1] by cosine.
    scores operator()(const row_statistics& statistics, std::span<const int> labels) const {
        detail::require_labels_of(statistics, labels, "score::far_from_own_class");
        scores found;
        for (std::size_t i = 0; i < labels.size(); ++i)
            found.push_back(-detail::mean_of(statistics, by)(static_cast<index_t>(i), labels[i]));
        return found;
    }
};

/// How much nearer the nearest other class is than the own one. Classes without samples have no mean and do not count;
/// throws argument_error unless two have samples.
struct nearer_to_another_class {
    nearness by = nearness::cosine;  ///< by cosine the size of gradients does not count

    /// In [-2, 2] by cosine; above 0 where another class is nearer.
    scores operator()(const row_statistics& statistics, std::span<const int> labels) const {
        constexpr auto function = "score::nearer_to_another_class";
        detail::require_labels_of(statistics, labels, function);
        std::vector<bool> present(static_cast<std::size_t>(statistics.classes()), false);
        for (const int label : labels) present[static_cast<std::size_t>(label)] = true;
        const auto classes = std::count(present.begin(), present.end(), true);
        require(classes >= 2, function, "number of classes with samples", classes, ">= 2");
        scores found = far_from_own_class{by}(statistics, labels);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            double best = std::numeric_limits<double>::lowest();
            for (int c = 0; c < statistics.classes(); ++c)
                if (c != labels[i] && present[static_cast<std::size_t>(c)])
                    best = std::max(best, detail::mean_of(statistics, by)(static_cast<index_t>(i), c));
            found[i] += best;
        }
        return found;
    }
};

/// The number of samples that learning this one un-learns.
struct contradictory_partners {
    /// Whole numbers in [0, N - 1].
    scores operator()(const row_statistics& statistics, std::span<const int> labels) const {
        detail::require_labels_of(statistics, labels, "score::contradictory_partners");
        return {statistics.contradictory.begin(), statistics.contradictory.end()};
    }
};

/// kappa(i, i): how strongly learning the sample moves the network.
struct self_similarity {
    /// In the units of the kernel.
    scores operator()(const row_statistics& statistics, std::span<const int> labels) const {
        detail::require_labels_of(statistics, labels, "score::self_similarity");
        return {statistics.self_similarity.begin(), statistics.self_similarity.end()};
    }
};

/// The fraction of its nearest neighbours that have another label.
struct neighbour_disagreement {
    /// In [0, 1], in steps of 1 / neighbours.
    scores operator()(const row_statistics& statistics, std::span<const int> labels) const {
        detail::require_labels_of(statistics, labels, "score::neighbour_disagreement");
        scores found;
        for (const double agreement : statistics.neighbour_agreement) found.push_back(1 - agreement);
        return found;
    }
};

/// Every score that the rows of a kernel give, for a table of them.
inline std::vector<named> from_rows(const row_statistics& statistics, std::span<const int> labels) {
    return {{"mean similarity to own class", far_from_own_class{nearness::similarity}(statistics, labels)},
            {"mean cosine to own class", far_from_own_class{nearness::cosine}(statistics, labels)},
            {"similarity margin between classes", nearer_to_another_class{nearness::similarity}(statistics, labels)},
            {"cosine margin between classes", nearer_to_another_class{nearness::cosine}(statistics, labels)},
            {"contradictory partners", contradictory_partners{}(statistics, labels)},
            {"self-similarity", self_similarity{}(statistics, labels)},
            {"neighbours of another label", neighbour_disagreement{}(statistics, labels)}};
}

}  // namespace lpntk::score
