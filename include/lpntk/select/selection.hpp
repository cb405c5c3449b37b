#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/per_class.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The samples that a selection keeps, of N; no class is ever empty. Stands for its indices where these are asked for:
///
///     const auto smaller = lpntk::subset(train, kept);   // the same for features
///     lpntk::io::write_npy("kept.npy", kept);
struct selection {
    std::vector<index_t> kept;             ///< ascending, numbered in the whole set
    std::vector<index_t> kept_per_class;   ///< how many of each class; one entry when selected over the whole set
    std::vector<index_t> total_per_class;  ///< of how many

    /// The indices kept, a view.
    operator std::span<const index_t>() const { return kept; }

    /// How many samples are kept.
    index_t size() const { return static_cast<index_t>(kept.size()); }

    /// N: of how many samples.
    index_t total() const {
        index_t sum = 0;
        for (const index_t count : total_per_class) sum += count;
        return sum;
    }

    /// The fraction kept, in (0, 1].
    double ratio() const { return static_cast<double>(size()) / static_cast<double>(total()); }

    /// The samples not kept, ascending. O(N).
    std::vector<index_t> dropped() const {
        std::vector<index_t> others;
        auto next = kept.begin();
        for (index_t i = 0; i < total(); ++i) {
            if (next != kept.end() && *next == i)
                ++next;
            else
                others.push_back(i);
        }
        return others;
    }

    /// Of the same samples out of the same classes.
    bool operator==(const selection&) const = default;
};

/// How many of `count` samples a ratio keeps, in every selection of the library: ratio x count rounded to
/// the nearest, halves up, and at least one. Throws argument_error unless 0 < ratio <= 1 and count >= 1.
inline index_t kept_count(index_t count, double ratio, std::string_view function) {
    require(ratio > 0 && ratio <= 1, function, "ratio", ratio, "in (0, 1]");
    require(count >= 1, function, "number of samples", count, ">= 1");
    return std::max<index_t>(1, static_cast<index_t>(std::floor(ratio * static_cast<double>(count) + 0.5)));
}

/// The selection of the given samples of each class, in any order. `indices` are the samples of each class,
/// together 0, ..., N - 1. Throws argument_error when they are not, and naming the class when none of its samples is
/// kept.
inline selection make_selection(const std::vector<std::vector<index_t>>& indices,
                                const std::vector<std::vector<index_t>>& kept, std::string_view function) {
    require_partition(indices, function);
    selection result;
    for (std::size_t c = 0; c < indices.size(); ++c) {
        require(!kept[c].empty(), function, "number of kept samples of class " + std::to_string(c), 0, ">= 1");
        result.kept.insert(result.kept.end(), kept[c].begin(), kept[c].end());
        result.kept_per_class.push_back(static_cast<index_t>(kept[c].size()));
        result.total_per_class.push_back(static_cast<index_t>(indices[c].size()));
    }
    std::sort(result.kept.begin(), result.kept.end());
    return result;
}

/// items[k] for each k of `which`.
inline std::vector<index_t> items_at(const std::vector<index_t>& items, const std::vector<index_t>& which) {
    std::vector<index_t> found;
    found.reserve(which.size());
    for (const index_t k : which) found.push_back(items[static_cast<std::size_t>(k)]);
    return found;
}

/// The selection that `choose(class, items)` makes of each class: it gets the number of the class and its
/// samples and returns those kept. Throws argument_error when a class has no sample or keeps none.
template <class Choose>
selection select_by_class(const std::vector<std::vector<index_t>>& indices, std::string_view function,
                          Choose&& choose) {
    std::vector<std::vector<index_t>> kept;
    for (std::size_t c = 0; c < indices.size(); ++c) {
        require(!indices[c].empty(), function, "number of samples of class " + std::to_string(c), 0, ">= 1");
        kept.push_back(choose(c, indices[c]));
    }
    return make_selection(indices, kept, function);
}

}  // namespace lpntk
