#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/prefetched_rows.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/per_class.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The `count` items that greedily maximise sum_i max_{j chosen} max(kappa(i, j), 0), in the order in which
/// they were chosen: within 1 - 1/e of the best (Nemhauser, Wolsey, Fisher 1978), as the objective is
/// monotone and submodular once negative similarities count as 0. Ties go to the lowest index.
///
/// Lazy (Minoux 1978): a gain is computed again only when it could still be the largest; the result is that
/// of the plain greedy algorithm to the bit. Reads all N rows once, then those that it looks at again, in
/// blocks of `prefetch` where the similarity has rows(): give it a Gram if there is one. O(N) memory beside
/// the rows held. The same for any number of threads. Throws argument_error unless 1 <= count <= N,
/// numeric_error on NaN or infinity.
struct greedy_cover {
    index_t count = 0;      ///< in [1, N]; must be given
    index_t prefetch = 16;  ///< rows asked for at once, when gains are computed again
    int threads = 0;        ///< of the first pass over all rows; 0: all
    index_t block = 64;     ///< rows asked for at once in the first pass
    progress report = {};   ///< of N + count: rows read in the first pass, then items chosen

    /// `count` items, the best first: a shorter list is the start of a longer one.
    template <similarity_source Source>
    std::vector<index_t> operator()(const Source& source) const {
        const auto& items = similarity_of(source);
        return with_lists_of(items, "greedy_cover", sizeof(candidate) + sizeof(double), [&] { return run(items); });
    }

private:
    struct candidate {
        double gain = 0;
        index_t item = 0;
        index_t round = 0;  // in which the gain was computed

        bool operator<(const candidate& other) const {
            return gain < other.gain || (gain == other.gain && item > other.item);
        }
    };

    template <similarity S>
    std::vector<index_t> run(const S& items) const {
        const index_t all = items.size();
        require(all >= 1, "greedy_cover", "number of items", all, ">= 1");
        require(count >= 1 && count <= all, "greedy_cover", "count", count,
                "in [1, number of items = " + std::to_string(all) + "]");
        require(prefetch >= 1, "greedy_cover", "prefetch", prefetch, ">= 1");
        vector<double> cover = vector<double>::Zero(all);
        std::vector<candidate> first(static_cast<std::size_t>(all));
        const auto tell = [&](index_t done, index_t = 0) { report(done, all + count); };
        const progress rows_read = report ? progress(tell) : progress{};
        for_each_row(items, {threads, block, rows_read}, "greedy_cover", [&](index_t j, const auto& row, int) {
            first[static_cast<std::size_t>(j)] = {gain(row, cover), j, 0};
        });
        std::priority_queue<candidate> queue(std::less<candidate>{}, std::move(first));
        prefetched_rows held(items, prefetch, "greedy_cover");
        std::vector<index_t> chosen;
        for (index_t round = 0; round < count; ++round) {
            while (queue.top().round < round) {
                candidate stale = queue.top();
                queue.pop();
                stale.gain = gain(held.row(stale.item, [&] { return next_stale(queue, held, round); }), cover);
                stale.round = round;
                queue.push(stale);
            }
            const index_t best = queue.top().item;
            queue.pop();
            const auto row = held.row(best, [&] { return next_stale(queue, held, round); });
            for (index_t i = 0; i < all; ++i) cover[i] = std::max(cover[i], static_cast<double>(row[i]));
            chosen.push_back(best);
            if (report) tell(all + round + 1);
        }
        return chosen;
    }

    template <class Row>
    static double gain(const Row& row, const vector<double>& cover) {
        double sum = 0;  // one after the other: then it can only fall as the cover grows, rounding included
        for (index_t i = 0; i < row.size(); ++i) sum += std::max(static_cast<double>(row[i]) - cover[i], 0.0);
        return sum;
    }

    /// The candidates likely to be looked at next: those of the largest known gains.
    template <class Rows>
    static std::vector<index_t> next_stale(std::priority_queue<candidate>& queue, const Rows& held, index_t round) {
        std::vector<index_t> next;
        std::vector<candidate> seen;
        while (!queue.empty() && static_cast<index_t>(seen.size()) < held.block() - 1) {
            seen.push_back(queue.top());
            queue.pop();
            if (seen.back().round < round && !held.holds(seen.back().item)) next.push_back(seen.back().item);
        }
        for (const candidate& back : seen) queue.push(back);
        return next;
    }
};

/// Facility location: keeps the samples that together are most similar to all, as greedy_cover chooses them.
///
///     const auto kept = lpntk::facility_location{.ratio = 0.1}(phi, train);
///
/// Exactly kept_count() samples of each class. Throws what by_class and greedy_cover throw.
struct facility_location {
    double ratio = 1;       ///< of each class to keep, in (0, 1]; 1: all
    index_t prefetch = 16;  ///< rows asked for at once, when gains are computed again
    int threads = 0;        ///< of the first pass over the rows of a class; 0: all
    index_t block = 64;     ///< rows asked for at once in the first pass
    progress report = {};   ///< as greedy_cover, of one class after the other

    /// By class; `source` as in by_class.
    template <similarity_source Source>
    selection operator()(const Source& source, const class_labels& own) const {
        const auto chosen = by_class(source, own, [&](const auto& items) { return choose(items); });
        return select_by_class(
            chosen.indices, "facility_location",
            [&](std::size_t c, const std::vector<index_t>& samples) { return items_at(samples, chosen.results[c]); });
    }

    /// Over the whole set.
    template <similarity_source Source>
    selection operator()(const Source& source) const {
        const auto whole = whole_set(0, source.size());
        return make_selection(whole.indices, {choose(source)}, "facility_location");
    }

private:
    template <similarity_source Source>
    std::vector<index_t> choose(const Source& source) const {
        return greedy_cover{.count = kept_count(source.size(), ratio, "facility_location"),
                            .prefetch = prefetch,
                            .threads = threads,
                            .block = block,
                            .report = report}(source);
    }
};

}  // namespace lpntk
