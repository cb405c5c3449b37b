#pragma once

#include <algorithm>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/tile_range.hpp"

/// Where run_passes puts a kernel. A store is asked for and given tiles by their place in the whole kernel:
///
/// | on a Store             | meaning                                                        |
/// | ---------------------- | -------------------------------------------------------------- |
/// | `wants(tile)`          | whether to compute it; features that no tile wants are not made |
/// | `start(tile, r, row)`  | writes what earlier passes left of row r; not where written once |
/// | `take(tile, values)`   | the tile's sums; called from several threads at once            |
namespace lpntk::inline LPNTK_TARGET::detail {

/// A kernel in memory: entry(i, j) points at kappa(i, j), with the rest of row i behind it.
template <class Entry>
struct stored_entries {
    Entry entry;

    static bool wants(const tile_range&) { return true; }

    template <class T>
    void start(const tile_range& tile, index_t r, T* row) const {
        std::copy_n(entry(tile.row + r, tile.column), count(tile, r), row);
    }

    template <class Values>
    void take(const tile_range& tile, const Values& values) const {
        for (index_t r = 0; r < tile.rows; ++r)
            std::copy_n(values.row(r), count(tile, r), entry(tile.row + r, tile.column));
    }

private:
    static index_t count(const tile_range& tile, index_t r) { return tile.lower ? r + 1 : tile.columns; }
};

template <class Entry>
stored_entries(Entry) -> stored_entries<Entry>;

}  // namespace lpntk::inline LPNTK_TARGET::detail
