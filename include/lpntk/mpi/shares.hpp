#pragma once

#include <algorithm>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/tile_range.hpp"
#include "lpntk/model/for_each_batch.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi {

/// N samples in equal shares for R ranks, and each share in strips, that travel one by one: runs of whole units, a unit
/// being the edge of a tile.
class shares {
public:
    static constexpr index_t strips = 8;  ///< of each share, some of them empty when there are few samples

    /// N >= 0, R >= 1, unit >= 1.
    shares(index_t size, int ranks, index_t unit) : size_(size), ranks_(ranks), unit_(unit) {}

    index_t size() const { return size_; }  ///< N

    /// The samples of a rank.
    batch_range of(int rank) const { return between(rank * strips, (rank + 1) * strips); }
    /// The most samples that one of `ranks` has.
    index_t largest(int ranks) const {
        index_t most = 0;
        for (int rank = 0; rank < ranks; ++rank) most = std::max(most, of(rank).count);
        return most;
    }
    /// One of its strips, 0 <= s < strips.
    batch_range strip(int rank, index_t s) const { return between(rank * strips + s, rank * strips + s + 1); }
    /// Its strips from s on.
    batch_range strips_from(int rank, index_t s) const { return between(rank * strips + s, (rank + 1) * strips); }

private:
    batch_range between(index_t begin, index_t end) const {
        const index_t first = boundary(begin);
        return {first, boundary(end) - first};
    }
    index_t boundary(index_t strip) const {
        const index_t units = (size_ + unit_ - 1) / unit_;
        return std::min(size_, strip * units / (ranks_ * strips) * unit_);
    }

    index_t size_;
    index_t ranks_;
    index_t unit_;
};

/// Which rank computes which part of the lower triangle. In step k a rank meets the features of the rank k places on,
/// so that each pair of shares meets once after R / 2 steps; for the last step of an even R, in which both ranks of a
/// pair meet, the share of the higher one is halved. Every rank has as many pairs of samples, to a strip, and receives
/// half of all features at most.
class ring_schedule {
public:
    /// For the shares of that many ranks.
    ring_schedule(const shares& of, int ranks) : shares_(of), ranks_(ranks) {}

    int steps() const { return ranks_ / 2; }                                 ///< beside the triangle of the own share
    int source(int rank, int step) const { return (rank + step) % ranks_; }  ///< whom a rank receives from
    int target(int rank, int step) const { return (rank - step + ranks_) % ranks_; }  ///< whom it sends to

    /// The rectangle, below the diagonal, of a rank's own samples and strip s of those it meets in `step`; empty when
    /// it does not need them.
    tile_range rectangle(int rank, int step, index_t s) const {
        const int other = source(rank, step);
        batch_range own = shares_.of(rank), met = shares_.strip(other, s);
        if (2 * step == ranks_ && rank < other && s >= shares::strips / 2) met.count = 0;
        if (2 * step == ranks_ && rank > other) own = shares_.strips_from(rank, shares::strips / 2);
        if (met.count == 0 || own.count == 0) return {0, 0, 0, 0};
        if (own.first > met.first) std::swap(own, met);
        return {met.first, met.count, own.first, own.count};
    }

private:
    shares shares_;
    int ranks_;
};

}  // namespace lpntk::mpi
