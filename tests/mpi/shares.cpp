#include <lpntk/mpi/shares.hpp>

#include <algorithm>
#include <vector>

#include "support/catch.hpp"

using lpntk::index_t;

TEST_CASE("every pair of samples is met by one rank, all ranks meet as many, and half of the features at most") {
    namespace mpi = lpntk::mpi;
    constexpr index_t unit = 2;
    for (const int ranks : {1, 2, 3, 4, 5, 8})
        for (const index_t size : {1, 9, 131, 400}) {
            const mpi::shares of(size, ranks, unit);
            const mpi::ring_schedule ring(of, ranks);
            std::vector<int> met(static_cast<std::size_t>(size * size), 0);
            std::vector<index_t> pairs, received;
            for (int rank = 0; rank < ranks; ++rank) {
                const auto own = of.of(rank);
                index_t count = own.count * (own.count + 1) / 2, came = 0;
                for (index_t i = own.first; i < own.first + own.count; ++i)
                    for (index_t j = own.first; j <= i; ++j) ++met[static_cast<std::size_t>(i * size + j)];
                for (int step = 1; step <= ring.steps(); ++step)
                    for (index_t round = 0; round < ring.rounds(step); ++round) {
                        const auto tile = ring.rectangle(rank, step, round);
                        count += tile.rows * tile.columns;
                        if (tile.rows > 0) came += ring.met(rank, step, round).count;
                        for (index_t i = tile.row; i < tile.row + tile.rows; ++i)
                            for (index_t j = tile.column; j < tile.column + tile.columns; ++j)
                                ++met[static_cast<std::size_t>(i * size + j)];
                        REQUIRE(ring.target(ring.source(rank, step), step) == rank);
                    }
                pairs.push_back(count);
                received.push_back(came);
            }
            for (index_t i = 0; i < size; ++i)
                for (index_t j = 0; j < size; ++j)
                    REQUIRE(met[static_cast<std::size_t>(i * size + j)] == (j <= i ? 1 : 0));
            if (size < 400) continue;
            const double mean = static_cast<double>(size * (size + 1)) / 2 / ranks;
            CHECK(static_cast<double>(*std::max_element(pairs.begin(), pairs.end())) < 1.2 * mean);
            CHECK(*std::max_element(received.begin(), received.end()) <= size / 2 + 2 * unit);
        }
}

TEST_CASE("in every round of a step all ranks meet as many pairs") {
    namespace mpi = lpntk::mpi;
    for (const int ranks : {2, 3, 4, 5, 8}) {
        const index_t unit = 2, size = ranks * mpi::shares::strips * 3 * unit;
        const mpi::ring_schedule ring(mpi::shares(size, ranks, unit), ranks);
        index_t rounds = 0;
        for (int step = 1; step <= ring.steps(); ++step)
            for (index_t round = 0; round < ring.rounds(step); ++round, ++rounds)
                for (int rank = 0; rank < ranks; ++rank) {
                    const auto tile = ring.rectangle(rank, step, round), first = ring.rectangle(0, step, round);
                    CHECK(tile.rows * tile.columns == first.rows * first.columns);
                    CHECK(tile.rows > 0);
                }
        CHECK(rounds == ring.rounds());
    }
}
