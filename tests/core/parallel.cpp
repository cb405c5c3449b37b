#include <lpntk/core/parallel.hpp>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using lpntk::index_t;
using lpntk::most_workers;
using lpntk::parallel_for;
using lpntk::worker_count;

namespace {

struct item_error : std::runtime_error {
    explicit item_error(index_t i) : std::runtime_error("item"), item(i) {}
    index_t item;
};

/// The item whose exception parallel_for rethrows, or -1.
template <class Body>
index_t failed_item(index_t count, int threads, Body body) {
    try {
        parallel_for(count, threads, body);
    } catch (const item_error& error) {
        return error.item;
    }
    return -1;
}

}  // namespace

TEST_CASE("every item runs exactly once, on a worker that exists") {
    const int threads = GENERATE(0, 1, 2, 3, 8);
    const index_t count = GENERATE(0, 1, 2, 7, 1000);
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
    std::atomic<bool> known_worker = true;
    parallel_for(count, threads, [&](index_t item, int worker) {
        ++runs[static_cast<std::size_t>(item)];
        if (worker < 0 || worker >= worker_count(threads)) known_worker = false;
    });
    REQUIRE(known_worker);
    for (const auto& run : runs) REQUIRE(run == 1);
}

TEST_CASE("two items never run at once on one worker") {
    std::vector<std::atomic<int>> busy(8);
    std::atomic<bool> shared = false;
    parallel_for(2000, 8, [&](index_t, int worker) {
        if (busy[static_cast<std::size_t>(worker)]++ != 0) shared = true;
        --busy[static_cast<std::size_t>(worker)];
    });
    REQUIRE_FALSE(shared);
}

TEST_CASE("an exception leaves the loop with its type") {
    const int threads = GENERATE(1, 2, 3, 8);
    REQUIRE(failed_item(100, threads, [](index_t item, int) {
                if (item == 41) throw item_error(item);
            }) == 41);
}

TEST_CASE("the lowest of the failing items is the one reported") {
    // Every item waits for all others to have begun, so that all of them run and fail.
    const int threads = worker_count(4) == 4 ? 4 : 1;
    std::atomic<int> begun = 0;
    const index_t failed = failed_item(threads, threads, [&](index_t item, int) {
        for (++begun; begun < threads;) {
        }
        throw item_error(item);
    });
    REQUIRE(failed == 0);
}

TEST_CASE("after a failure no new item begins") {
    std::atomic<index_t> ran = 0;
    REQUIRE(failed_item(100000, 1, [&](index_t item, int) {
                ++ran;
                if (item == 10) throw item_error(item);
            }) == 10);
    REQUIRE(ran == 11);
}

TEST_CASE("the loop is usable again after a failure") {
    const auto fail = [](index_t, int) { throw item_error(0); };
    REQUIRE(failed_item(5, 2, fail) == 0);
    std::atomic<index_t> sum = 0;
    parallel_for(10, 2, [&](index_t item, int) { sum += item; });
    REQUIRE(sum == 45);
}

TEST_CASE("progress is told by the calling thread alone, ascending, and ends with everything") {
    const int threads = GENERATE(1, 2, 3, 8);
    const auto caller = std::this_thread::get_id();
    std::vector<index_t> told;
    parallel_for(
        50, threads,
        [&](index_t done, index_t total) {
            REQUIRE(std::this_thread::get_id() == caller);
            REQUIRE(total == 50);
            told.push_back(done);
        },
        [](index_t, int) {});
    REQUIRE(std::adjacent_find(told.begin(), told.end(), std::greater_equal<>{}) == told.end());
    REQUIRE(told.back() == 50);
    REQUIRE((threads > 1 || told.size() == 50));
}

TEST_CASE("nested loops run every pair, and their exceptions pass through both") {
    std::vector<std::atomic<int>> runs(6 * 7);
    std::atomic<bool> inner_is_serial = true;
    parallel_for(6, 3, [&](index_t i, int) {
        parallel_for(7, 3, [&](index_t j, int worker) {
            ++runs[static_cast<std::size_t>(7 * i + j)];
            if (worker_count(3) > 1 && worker != 0) inner_is_serial = false;
        });
    });
    for (const auto& run : runs) REQUIRE(run == 1);
    REQUIRE(inner_is_serial);
    REQUIRE(failed_item(6, 3, [](index_t i, int) {
                parallel_for(7, 3, [i](index_t j, int) {
                    if (i == 2 && j == 3) throw item_error(100 * i + j);
                });
            }) == 203);
}

TEST_CASE("worker_count takes the number asked for, and rejects a negative one") {
    REQUIRE(worker_count(1) == 1);
    REQUIRE(worker_count(0) >= 1);
    REQUIRE(worker_count(5) == std::min(5, most_workers()));
    REQUIRE_THROWS_AS(worker_count(-1), lpntk::argument_error);
    REQUIRE_THROWS_AS(parallel_for(3, -2, [](index_t, int) {}), lpntk::argument_error);
}

TEST_CASE("more threads than could be of use are not started") {
    REQUIRE((most_workers() >= 16 || most_workers() == 1));  // 1 without OpenMP
    REQUIRE(worker_count(1'000'000) == most_workers());
    std::atomic<bool> known_worker = true;
    std::atomic<int> ran = 0;
    parallel_for(500, 1'000'000, [&](index_t, int worker) {
        ++ran;
        if (worker < 0 || worker >= most_workers()) known_worker = false;
    });
    REQUIRE(known_worker);
    REQUIRE(ran == 500);
}
