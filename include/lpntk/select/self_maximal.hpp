#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/per_class.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The self-maximal items, ascending: those to which no other is more similar than they are to themselves.
/// Never none when the similarity is positive semi-definite. Streams over the rows, as mean_similarity does.
struct find_self_maximal {
    int threads = 0;       ///< 0: all
    index_t block = 64;    ///< rows asked for at once
    progress report = {};  ///< rows read, of N

    /// Ascending indices; O(N^2) besides the rows.
    template <similarity_source Source>
    std::vector<index_t> operator()(const Source& source) const {
        const auto& items = similarity_of(source);
        return with_lists_of(items, "find_self_maximal", sizeof(index_t), [&] {
            std::vector<char> is_maximal(static_cast<std::size_t>(items.size()));
            for_each_row(items, {threads, block, report}, "find_self_maximal", [&](index_t i, const auto& row, int) {
                is_maximal[static_cast<std::size_t>(i)] = row.maxCoeff() <= row[i];
            });
            std::vector<index_t> found;
            for (std::size_t i = 0; i < is_maximal.size(); ++i)
                if (is_maximal[i]) found.push_back(static_cast<index_t>(i));
            return found;
        });
    }
};

/// Keeps self-maximal samples only; of these a random part when they are more than the ratio asks for.
///
///     const auto kept = lpntk::self_maximal{.ratio = 0.5, .seed = 7}(phi, train);
///
/// At most kept_count() samples of each class, fewer where fewer are self-maximal: read ratio(). Costs all
/// rows of each class. Throws argument_error when a class has no self-maximal sample (its similarity is not
/// positive semi-definite), and what by_class throws.
struct self_maximal {
    double ratio = 1;        ///< of each class to keep at most, in (0, 1]
    std::uint64_t seed = 0;  ///< where more are self-maximal than the ratio asks for
    int threads = 0;         ///< 0: all
    index_t block = 64;      ///< rows asked for at once
    progress report = {};    ///< rows read, of those of one class after the other

    /// By class; `source` as in by_class.
    template <similarity_source Source>
    selection operator()(const Source& source, const class_labels& own) const {
        return choose(by_class(source, own, find()));
    }

    /// Over the whole set.
    template <similarity_source Source>
    selection operator()(const Source& source) const {
        return choose(whole_set(find()(source), source.size()));
    }

private:
    find_self_maximal find() const { return {threads, block, report}; }

    selection choose(const per_class<std::vector<index_t>>& maximal) const {
        return select_by_class(
            maximal.indices, "self_maximal", [&](std::size_t c, const std::vector<index_t>& samples) {
                const auto& found = maximal.results[c];
                const auto quota = std::min(static_cast<index_t>(found.size()),
                                            kept_count(static_cast<index_t>(samples.size()), ratio, "self_maximal"));
                random_stream random(seed, c);
                return items_at(samples, random_choice(found, quota, random));
            });
    }
};

}  // namespace lpntk
