#pragma once

#include <algorithm>
#include <utility>

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
    /// The most samples that a rank has.
    index_t largest() const {
        index_t most = 0;
        for (int rank = 0; rank < static_cast<int>(ranks_); ++rank) most = std::max(most, of(rank).count);
        return most;
    }
    /// `count` of its strips from s on, 0 <= s, s + count <= strips.
    batch_range strip(int rank, index_t s, index_t count = 1) const {
        return between(rank * strips + s, rank * strips + s + count);
    }

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
/// strip by strip, so that each pair of shares meets once after R / 2 steps. In the last step of an even R both ranks
/// of a pair meet: all samples of the lower one with half of the other's, strip by strip, while the other half meets
/// those of the lower one two strips at a time. So in every round, and over all, every rank has as many pairs of
/// samples, to a strip, and it receives half of all features at most.
class ring_schedule {
public:
    /// For the shares of that many ranks.
    ring_schedule(const shares& of, int ranks) : shares_(of), ranks_(ranks) {}

    int steps() const { return ranks_ / 2; }  ///< beside the triangle of the own share
    /// Of a step.
    index_t rounds(int step) const { return halved(step) ? shares::strips / 2 : shares::strips; }
    /// Of all steps.
    index_t rounds() const {
        index_t sum = 0;
        for (int step = 1; step <= steps(); ++step) sum += rounds(step);
        return sum;
    }
    int source(int rank, int step) const { return (rank + step) % ranks_; }           ///< whom a rank receives from
    int target(int rank, int step) const { return (rank - step + ranks_) % ranks_; }  ///< whom it sends to

    /// The samples whose features a rank receives in a round of a step; none when it needs none.
    batch_range met(int rank, int step, index_t round) const {
        const int other = source(rank, step);
        const batch_range coming =
            halved(step) && rank > other ? shares_.strip(other, 2 * round, 2) : shares_.strip(other, round);
        return own(rank, step).count > 0 ? coming : batch_range{coming.first, 0};
    }

    /// The rectangle, below the diagonal, of these and a rank's own samples; empty when there is none.
    tile_range rectangle(int rank, int step, index_t round) const {
        batch_range left = own(rank, step), right = met(rank, step, round);
        if (left.count == 0 || right.count == 0) return {0, 0, 0, 0};
        if (left.first > right.first) std::swap(left, right);
        return {right.first, right.count, left.first, left.count};
    }

private:
    bool halved(int step) const { return 2 * step == ranks_; }

    /// A rank's own samples that meet others in a step.
    batch_range own(int rank, int step) const {
        if (!halved(step) || rank < source(rank, step)) return shares_.of(rank);
        return shares_.strip(rank, shares::strips / 2, shares::strips / 2);
    }

    shares shares_;
    int ranks_;
};

}  // namespace lpntk::mpi
