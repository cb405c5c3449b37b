#include <lpntk/core/parallel_steps.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using lpntk::index_t;
using lpntk::parallel_for_steps;

TEST_CASE("every step of every item runs once, one after the other", "[parallel]") {
    const int threads = GENERATE(0, 1, 2, 3, 8);
    const index_t count = GENERATE(0, 1, 2, 7, 50), steps = GENERATE(0, 1, 40);
    std::vector<std::vector<index_t>> seen(static_cast<std::size_t>(count));  // of an item: never two threads at once
    std::atomic<bool> known_worker = true;
    parallel_for_steps(count, steps, threads, [&](index_t item, index_t step, int worker) {
        seen[static_cast<std::size_t>(item)].push_back(step);
        if (worker < 0 || worker >= lpntk::worker_count(threads)) known_worker = false;
    });
    CHECK(known_worker);
    for (const std::vector<index_t>& of_item : seen) {
        REQUIRE(static_cast<index_t>(of_item.size()) == steps);
        for (index_t step = 0; step < steps; ++step) CHECK(of_item[static_cast<std::size_t>(step)] == step);
    }
}

TEST_CASE("a step waits until the one before of the same item is done", "[parallel]") {
    std::atomic<index_t> done = 0, done_meanwhile = 0;
    parallel_for_steps(20, 3, 2, [&](index_t item, index_t step, int) {
        if (item == 0 && step == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            done_meanwhile = done.load();
        }
        ++done;
    });
    CHECK(done == 60);
    CHECK(done_meanwhile <= 19);  // the first steps of the others; then step 1 of item 0 waits
}

TEST_CASE("an exception of a step ends the loop though threads wait for that step", "[parallel]") {
    for (const int threads : {1, 2, 4})
        for (const index_t bad : {0, 2})
            CHECK_THROWS_AS(parallel_for_steps(3, 100, threads,
                                               [&](index_t item, index_t step, int) {
                                                   if (item == bad && step == 1) {
                                                       std::this_thread::sleep_for(std::chrono::milliseconds(5));
                                                       throw std::domain_error("step");
                                                   }
                                               }),
                            std::domain_error);
}
