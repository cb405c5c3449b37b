#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/core/dataset.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/core/require.hpp>

namespace experiments {

using lpntk::index_t;

/// The universal set of the paper's figures 1, 4 and 5, and its recursive splits: part p of level l splits into parts
/// 4p ... 4p + 3 of level l + 1, disjoint, with a quarter of its samples of every class.
struct recursive_split {
    std::vector<index_t> per_class;                        ///< of a part, by level: n, n/4, ..., 1
    std::vector<std::vector<std::vector<index_t>>> parts;  ///< level, part, indices into the data, ascending

    std::size_t levels() const { return per_class.size(); }
    const std::vector<index_t>& universe() const { return parts.front().front(); }
};

/// Draws per_class samples of every class and splits them until a part has one (or up to three) of each; what does not
/// divide by four stays out of the smaller parts. Repeatable by seed. Throws argument_error when a class has fewer
/// samples.
inline recursive_split split_recursively(std::span<const int> labels, int classes, index_t per_class,
                                         std::uint64_t seed) {
    lpntk::require(per_class >= 1, "split_recursively", "per_class", per_class, ">= 1");
    auto members = lpntk::indices_by_class(labels, classes);
    for (std::size_t c = 0; c < members.size(); ++c) {
        const auto size = static_cast<index_t>(members[c].size());
        lpntk::require(size >= per_class, "split_recursively", "samples of class " + std::to_string(c), size,
                       ">= per_class, " + std::to_string(per_class));
        lpntk::random_stream(seed, c).shuffle(members[c]);
    }
    recursive_split split;
    std::vector<index_t> starts{0};  // of the parts of a level, the same in each class
    for (index_t size = per_class; size >= 1; size /= 4) {
        split.per_class.push_back(size);
        auto& level = split.parts.emplace_back();
        std::vector<index_t> next;
        for (const index_t start : starts) {
            auto& part = level.emplace_back();
            for (const auto& own : members) part.insert(part.end(), own.begin() + start, own.begin() + start + size);
            std::sort(part.begin(), part.end());
            for (index_t child = 0; child < 4; ++child) next.push_back(start + child * (size / 4));
        }
        starts = std::move(next);
    }
    return split;
}

}  // namespace experiments
