#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// One result for each class, with the items of the whole set that it speaks of.
template <class Result>
struct per_class {
    /// Of each class: item k of the class is item indices[c][k] of the set.
    std::vector<std::vector<index_t>> indices;
    std::vector<Result> results;  ///< of each class

    /// Number of classes.
    int classes() const { return static_cast<int>(indices.size()); }

    /// Number of items of the whole set.
    index_t items() const {
        index_t sum = 0;
        for (const auto& part : indices) sum += static_cast<index_t>(part.size());
        return sum;
    }
};

/// `result` of all items as if they were of one class, for what takes a per_class.
template <class Result>
per_class<Result> whole_set(Result result, index_t items) {
    per_class<Result> whole{{std::vector<index_t>(static_cast<std::size_t>(items))}, {}};
    for (index_t i = 0; i < items; ++i) whole.indices[0][static_cast<std::size_t>(i)] = i;
    whole.results.push_back(std::move(result));
    return whole;
}

/// Throws argument_error unless the items of the classes are 0, ..., N - 1, each once. O(N).
inline void require_partition(const std::vector<std::vector<index_t>>& indices, std::string_view function) {
    std::size_t items = 0;
    for (const auto& part : indices) items += part.size();
    std::vector<bool> seen(items, false);
    for (std::size_t c = 0; c < indices.size(); ++c)
        for (const index_t i : indices[c]) {
            if (i >= 0 && i < static_cast<index_t>(items) && !seen[static_cast<std::size_t>(i)]) {
                seen[static_cast<std::size_t>(i)] = true;
                continue;
            }
            require(false, function, "item of class " + std::to_string(c), i,
                    "one of the " + std::to_string(items) + " items of all classes, 0 and on, each of which is in one");
        }
}

/// Throws argument_error unless there is a class, and as many results (called `what`: "clusterings") as classes.
template <class Result>
void require_results(const per_class<Result>& classes, std::string_view function, std::string_view what) {
    require(classes.classes() >= 1, function, "number of classes", classes.classes(), ">= 1");
    require(classes.results.size() == classes.indices.size(), function, "number of " + std::string(what),
            classes.results.size(), "the number of classes, " + std::to_string(classes.indices.size()));
}

}  // namespace lpntk
