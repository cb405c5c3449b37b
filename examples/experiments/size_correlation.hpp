#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <lpntk/core/dataset.hpp>
#include <lpntk/core/parallel.hpp>
#include <lpntk/core/progress.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/core/require.hpp>
#include <lpntk/statistics/bootstrap.hpp>
#include <lpntk/statistics/correlation.hpp>

#include "experiments/recursive_split.hpp"

namespace experiments {

using lpntk::index_t;

/// Difficulties of the same samples, learnt among the universal set and learnt in one of its parts.
struct difficulties_at_size {
    index_t per_class = 0;  ///< of a part
    std::vector<double> universal;
    std::vector<double> part;

    lpntk::estimate pearson(const lpntk::bootstrap_options& how = {}) const {
        return lpntk::with_interval(lpntk::pearson, universal, part, how);
    }
    lpntk::estimate spearman(const lpntk::bootstrap_options& how = {}) const {
        return lpntk::with_interval(lpntk::spearman, universal, part, how);
    }
};

/// The experiment of the paper's figures 1, 4 and 5: how the difficulty of a sample depends on what it is learnt with.
///
/// Trains on the universal set and on every part of every level, each from scratch and with a seed of its own, and
/// pairs each sample's difficulties. Level 0 is the universal set again, from another initialisation: what
/// correlation is left when nothing but chance differs.
///
///     const auto experiment = experiments::size_correlation{.seed = 1};
///     const auto levels = experiment(data, split, [&](const auto& part, auto seed, int threads) {
///         auto net = nn::lenet<float>(seed);
///         lpntk::learning_difficulty difficulty(part.labels);
///         nn::train(net, part, {.epochs = 30, .seed = seed, .threads = threads, .after_step = std::ref(difficulty)});
///         return difficulty.values();
///     });
///
/// Parts are trained at once, one thread each; the same bits for any number of threads, if the training has them.
struct size_correlation {
    std::uint64_t seed = 0;
    index_t parts_per_level = 0;  ///< at most so many parts of a level are trained; 0: all, so that every sample counts
    int threads = 0;
    lpntk::progress report = {};  ///< told the levels' samples trained

    /// train(dataset<T>, seed, threads) returns the difficulties of its samples, a std::vector<double>.
    template <class T, class Train>
    std::vector<difficulties_at_size> operator()(const lpntk::dataset<T>& data, const recursive_split& split,
                                                 Train&& train) const {
        index_t done = 0, total = static_cast<index_t>(split.universe().size());
        for (const auto& level : split.parts)
            for (std::size_t p = 0; p < used(level); ++p) total += static_cast<index_t>(level[p].size());
        const auto advance = [&](index_t samples) {
            if (report) report(done, total);
            done += samples;
        };
        advance(static_cast<index_t>(split.universe().size()));
        std::vector<double> universal(static_cast<std::size_t>(data.size()));
        scatter(train(lpntk::subset(data, std::span(split.universe())), stream_seed(0), threads), split.universe(),
                universal);

        std::vector<difficulties_at_size> levels;
        for (std::size_t l = 0; l < split.levels(); ++l) {
            const std::size_t count = used(split.parts[l]);
            const bool alone = count == 1;
            std::vector<std::vector<double>> found(count);
            advance(static_cast<index_t>(count * split.parts[l].front().size()));
            lpntk::parallel_for(static_cast<index_t>(count), alone ? 1 : threads, [&](index_t p, int) {
                const auto part = static_cast<std::size_t>(p);
                found[part] = train(lpntk::subset(data, std::span(split.parts[l][part])),
                                    stream_seed(1 + (l << 40U) + part), alone ? threads : 1);
            });
            difficulties_at_size& level = levels.emplace_back();
            level.per_class = split.per_class[l];
            for (std::size_t p = 0; p < count; ++p) {
                for (const index_t i : split.parts[l][p])
                    level.universal.push_back(universal[static_cast<std::size_t>(i)]);
                level.part.insert(level.part.end(), found[p].begin(), found[p].end());
            }
        }
        if (report) report(total, total);
        return levels;
    }

private:
    std::size_t used(const std::vector<std::vector<index_t>>& level) const {
        return parts_per_level > 0 ? std::min(level.size(), static_cast<std::size_t>(parts_per_level)) : level.size();
    }
    std::uint64_t stream_seed(std::size_t item) const { return lpntk::random_stream(seed, item).bits(); }

    static void scatter(const std::vector<double>& values, const std::vector<index_t>& to, std::vector<double>& all) {
        lpntk::require(values.size() == to.size(), "size_correlation", "number of difficulties", values.size(),
                       to.size());
        for (std::size_t i = 0; i < to.size(); ++i) all[static_cast<std::size_t>(to[i])] = values[i];
    }
};

}  // namespace experiments
