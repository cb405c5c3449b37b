#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/parallel_steps.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/contraction.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/part_runs.hpp"
#include "lpntk/kernel/tile_range.hpp"
#include "lpntk/kernel/tile_sums.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// How a tile starts: at zero.
struct at_zero {
    /// Leaves the tile, which is all 0, as it is.
    template <class T>
    void operator()(const tile_range&, index_t, T*) const {}
};

namespace detail {

/// The samples that the first row and the first column of phi and psi are in the whole kernel: for messages.
struct kernel_origin {
    index_t row = 0;
    index_t column = 0;
};

template <class Values>
void require_finite_tile(const tile_range& tile, const Values& values, kernel_origin origin,
                         std::string_view function) {
    for (index_t r = 0; r < tile.rows; ++r) {
        const index_t count = tile.lower ? r + 1 : tile.columns;
        const index_t bad = first_not_finite(values.row(r), count);
        if (bad < count)
            throw numeric_error(std::string(function) + ": the kernel of samples " +
                                std::to_string(origin.row + tile.row + r) + " and " +
                                std::to_string(origin.column + tile.column + bad) +
                                " overflows to infinity or NaN; scale the inputs or the cotangent down, or use double");
    }
}

/// How many tiles of edge x edge numbers all threads work on together, one step of the features after the other: as
/// many as four for each thread, and a square of 1,000 samples.
inline index_t tiles_at_once(index_t edge, int workers) {
    constexpr index_t square = 1'000;
    return std::max<index_t>(4 * workers, edge < square ? square / edge * (square / edge) : 1);
}

/// Numbers that tiles of edge x edge take, `most` of them at most, beside the scratch of pixels, for features of so
/// many bytes: one tile and its scratch for each thread, and if the features come in steps the tiles that wait for the
/// next.
inline double tile_numbers(index_t edge, double most, double feature_bytes, int workers) {
    double held = workers;
    if (feature_bytes > step_bytes)
        held = std::max(held, std::min(most, static_cast<double>(tiles_at_once(edge, workers))));
    return static_cast<double>(edge) * static_cast<double>(edge) * (held + 3 * workers);
}

/// Tiles that are worked on together, and the steps in which their features come.
struct tile_group {
    std::span<const tile_range> tiles;
    std::vector<contraction_step> steps;
};

/// How many samples of phi and psi, the same or not, the tiles see, counted between the first and the last.
inline index_t samples_of(std::span<const tile_range> tiles, bool same) {
    struct interval {
        index_t begin, end;

        void cover(index_t first, index_t count) {
            begin = std::min(begin, first);
            end = std::max(end, first + count);
        }
        index_t size() const { return end - begin; }
    };
    interval rows{tiles[0].row, 0}, columns{tiles[0].column, 0};
    for (const tile_range& tile : tiles) {
        rows.cover(tile.row, tile.rows);
        columns.cover(tile.column, tile.columns);
    }
    const index_t apart = rows.size() + columns.size();
    rows.cover(columns.begin, columns.size());
    return same ? std::min(apart, rows.size()) : apart;
}

template <class Factor>
std::vector<tile_group> groups_of(const std::vector<tile_range>& tiles, const features<Factor>& phi, bool same,
                                  int workers) {
    index_t edge = 1;
    for (const tile_range& tile : tiles) edge = std::max({edge, tile.rows, tile.columns});
    const auto most = static_cast<std::size_t>(tiles_at_once(edge, workers));
    std::vector<tile_group> groups;
    for (std::size_t first = 0; first < tiles.size();) {
        tile_group group{std::span(tiles).subspan(first, std::min(most, tiles.size() - first)), {}};
        group.steps = cache_steps(phi, samples_of(group.tiles, same));
        first += group.tiles.size();
        groups.push_back(std::move(group));
    }
    return groups;
}

/// The tiles, group by group; those of one group step by step of the features.
template <class Factor, class Start, class Take>
void contract_tiles(const features<Factor>& phi, const features<Factor>& psi, const std::vector<tile_range>& tiles,
                    int threads, const progress& report, std::string_view function, kernel_origin origin,
                    const Start& start, Take&& take) {
    using T = typename contraction<Factor>::T;
    const std::vector<tile_group> groups = groups_of(tiles, phi, &phi == &psi, worker_count(threads));
    index_t total = 0;
    for (const tile_group& group : groups) total += static_cast<index_t>(group.tiles.size() * group.steps.size());
    shared_progress done(report, total);
    std::vector<contraction<Factor>> workers(static_cast<std::size_t>(worker_count(threads)));
    std::vector<tile_sums<T>> sums;
    for (const tile_group& group : groups) {
        const auto count = static_cast<index_t>(group.tiles.size()), steps = static_cast<index_t>(group.steps.size());
        sums.resize(std::max({sums.size(), workers.size(), group.tiles.size()}));
        parallel_for_steps(count, steps, threads, [&](index_t item, index_t step, int worker) {
            const tile_range& tile = group.tiles[static_cast<std::size_t>(item)];
            tile_sums<T>& values = sums[steps == 1 ? static_cast<std::size_t>(worker) : static_cast<std::size_t>(item)];
            if (step == 0) {
                values.begin(tile);
                for (index_t r = 0; r < tile.rows; ++r) start(tile, r, values.row(r));
            }
            workers[static_cast<std::size_t>(worker)](phi, psi, group.steps[static_cast<std::size_t>(step)], values);
            if (step + 1 == steps) {
                require_finite_tile(tile, values, origin, function);
                take(tile, std::as_const(values));
            }
            done.add(1, worker);
        });
    }
    done.finish();
}

}  // namespace detail

}  // namespace lpntk
