#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "lpntk/attribution/label_issues.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What is wrong with the labels of one class.
struct class_health {
    index_t given = 0;    ///< samples labelled so
    index_t flagged = 0;  ///< of them, labels decided to be wrong
    double wrong = 0;     ///< of them, expected number of wrong labels
    double missing = 0;   ///< expected number of samples of this class that are labelled otherwise

    /// Fraction of wrong labels among the given ones; 0 for a class without any.
    double wrong_share() const { return given > 0 ? wrong / static_cast<double>(given) : 0.0; }
};

/// Samples of one class that carry the label of another.
struct confusion {
    int given = 0;        ///< the label that they carry
    int likely = 0;       ///< the class that they are of
    double expected = 0;  ///< their expected number
};

/// The health of each class. Throws argument_error unless the labels are those that the issues were found in.
inline std::vector<class_health> health_by_class(const label_issues& issues, const class_labels& own) {
    require_valid(own, static_cast<index_t>(issues.score.size()), "health_by_class");
    require(own.classes <= issues.expected.rows(), "health_by_class", "number of classes", own.classes,
            "at most that of the issues, " + std::to_string(issues.expected.rows()));
    std::vector<class_health> health(static_cast<std::size_t>(issues.expected.rows()));
    for (std::size_t i = 0; i < issues.score.size(); ++i) {
        class_health& of = health[static_cast<std::size_t>(own.labels[i])];
        ++of.given;
        of.flagged += issues.wrong[i];
    }
    for (std::size_t k = 0; k < health.size(); ++k) {
        const auto c = static_cast<index_t>(k);
        health[k].wrong = issues.expected.row(c).sum() - issues.expected(c, c);
        health[k].missing = issues.expected.col(c).sum() - issues.expected(c, c);
    }
    return health;
}

/// Which classes are taken for which, the most frequent first; pairs of less than `least` expected samples are left
/// out.
inline std::vector<confusion> confusions(const label_issues& issues, double least = 1) {
    std::vector<confusion> found;
    for (int given = 0; given < issues.expected.rows(); ++given)
        for (int likely = 0; likely < issues.expected.cols(); ++likely)
            if (likely != given && issues.expected(given, likely) >= least)
                found.push_back({given, likely, issues.expected(given, likely)});
    std::stable_sort(found.begin(), found.end(),
                     [](const confusion& a, const confusion& b) { return a.expected > b.expected; });
    return found;
}

}  // namespace lpntk
