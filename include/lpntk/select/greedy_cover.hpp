#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/cluster/prefetched_rows.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Items in the order in which a greedy algorithm chose them.
struct greedy_choice {
    std::vector<index_t> items;  ///< the best first
    std::vector<double> gains;   ///< what each added to the objective; descending where that is submodular
};

/// The `count` items that greedily maximise sum_i max_{j chosen} max(kappa(i, j), 0), in the order in which
/// they were chosen: within 1 - 1/e of the best (Nemhauser, Wolsey, Fisher 1978), as the objective is
/// monotone and submodular once negative similarities count as 0. Ties go to the lowest index.
///
/// Lazy (Minoux 1978): a gain is computed again only when it could still be the largest; the result is that
/// of the plain greedy algorithm to the bit. Reads all N rows once, then those that it looks at again, in
/// blocks of `prefetch` where the similarity has rows(): give it a Gram if there is one. O(N) memory beside
/// the rows held. The same for any number of threads. Throws argument_error unless 1 <= count <= N
/// less the initial items, for initial items that repeat or are none; numeric_error on NaN or infinity.
struct greedy_cover {
    index_t count = 0;                  ///< at least 1, must be given
    std::vector<index_t> initial = {};  ///< items chosen beforehand: neither counted nor chosen again
    index_t prefetch = 16;              ///< rows asked for at once, when gains are computed again
    int threads = 0;                    ///< of the first pass over all rows; 0: all
    index_t block = 64;                 ///< rows asked for at once in the first pass
    progress report = {};               ///< of N + count: rows read in the first pass, then items chosen

    /// `count` items, the best first: a shorter list is the start of a longer one.
    template <similarity_source Source>
    std::vector<index_t> operator()(const Source& source) const {
        return with_gains(source).items;
    }

    /// The same, with what each of them added to the objective.
    template <similarity_source Source>
    greedy_choice with_gains(const Source& source) const {
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
    greedy_choice run(const S& items) const {
        const index_t all = items.size();
        require(all >= 1, "greedy_cover", "number of items", all, ">= 1");
        const std::vector<bool> taken = initial_of(all);
        const index_t free = all - static_cast<index_t>(initial.size());
        require(count >= 1 && count <= free, "greedy_cover", "count", count,
                "in [1, number of items to choose from = " + std::to_string(free) + "]");
        require(prefetch >= 1, "greedy_cover", "prefetch", prefetch, ">= 1");
        prefetched_rows held(items, prefetch, "greedy_cover");
        vector<double> cover = vector<double>::Zero(all);
        const auto add = [&](const auto& row) {
            for (index_t i = 0; i < all; ++i) cover[i] = std::max(cover[i], static_cast<double>(row[i]));
        };
        for (const index_t i : initial) add(held.row(i, [] { return std::vector<index_t>{}; }));
        std::vector<candidate> first(static_cast<std::size_t>(all));
        const auto tell = [&](index_t done, index_t = 0) { report(done, all + count); };
        const progress rows_read = report ? progress(tell) : progress{};
        for_each_row(items, {threads, block, rows_read}, "greedy_cover", [&](index_t j, const auto& row, int) {
            first[static_cast<std::size_t>(j)] = {gain(row, cover), j, 0};
        });
        std::erase_if(first, [&](const candidate& one) { return taken[static_cast<std::size_t>(one.item)]; });
        std::priority_queue<candidate> queue(std::less<candidate>{}, std::move(first));
        greedy_choice chosen;
        for (index_t round = 0; round < count; ++round) {
            while (queue.top().round < round) {
                candidate stale = queue.top();
                queue.pop();
                stale.gain = gain(held.row(stale.item, [&] { return next_stale(queue, held, round); }), cover);
                stale.round = round;
                queue.push(stale);
            }
            const candidate best = queue.top();
            queue.pop();
            add(held.row(best.item, [&] { return next_stale(queue, held, round); }));
            chosen.items.push_back(best.item);
            chosen.gains.push_back(best.gain);
            if (report) tell(all + round + 1);
        }
        return chosen;
    }

    /// Which of the items are chosen beforehand.
    std::vector<bool> initial_of(index_t all) const {
        std::vector<bool> taken(static_cast<std::size_t>(all), false);
        for (const index_t i : initial) {
            require_index(i, all, "greedy_cover", "initial item");
            require(!taken[static_cast<std::size_t>(i)], "greedy_cover", "initial item", i, "named once");
            taken[static_cast<std::size_t>(i)] = true;
        }
        return taken;
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

}  // namespace lpntk
