#pragma once

#include <algorithm>
#include <concepts>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The labels of N samples and the number of classes: the argument of all that works class by class.
///
///     lpntk::by_class(phi, train, algorithm);          // those of a dataset
///     lpntk::by_class(phi, {labels, 10}, algorithm);   // ten classes
///     lpntk::by_class(phi, labels, algorithm);         // classes 0 to the largest label
///
/// A view, like the span in it: for parameters. Checks nothing itself.
struct class_labels {
    std::span<const int> labels;  ///< N
    int classes;                  ///< K

    /// K may be above the largest label: classes without samples are empty.
    class_labels(std::span<const int> values, int count) : labels(values), classes(count) {}

    /// The dataset must outlive this view of its labels.
    template <class T>
    class_labels(const dataset<T>& data) : labels(data.labels), classes(data.classes) {}

    /// K is the largest label + 1, and 1 without labels; O(N). A label that no int counts is refused where it is used.
    template <class Labels>
        requires std::convertible_to<const Labels&, std::span<const int>>
    class_labels(const Labels& values) : labels(values), classes(1) {
        if (labels.empty()) return;
        const int largest = *std::max_element(labels.begin(), labels.end());
        classes = largest < std::numeric_limits<int>::max() ? largest + 1 : largest;
    }

    /// For each class the ascending indices of its samples; see indices_by_class.
    std::vector<std::vector<index_t>> indices() const { return indices_by_class(labels, classes); }
};

/// Throws argument_error unless there is a class, one label for each of `items` (and no other), and all of them are in
/// [0, classes). O(N).
inline void require_valid(const class_labels& own, index_t items, std::string_view function) {
    require(static_cast<index_t>(own.labels.size()) == items, function, "number of labels", own.labels.size(),
            "the number of items, " + std::to_string(items));
    require(own.classes >= 1, function, "classes", own.classes, ">= 1");
    require_labels(own.labels, own.classes, function);
}

}  // namespace lpntk
