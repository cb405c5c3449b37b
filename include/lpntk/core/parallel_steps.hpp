#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Calls body(item, step, worker) for steps 0, ..., steps - 1 of each item in [0, count), one step of an item after the
/// other, and step s of all items before step s + 1 of any is begun, as far as threads go: all of them work on about
/// the same step, which may keep its data in a cache that they share, and none waits at its end.
///
/// As parallel_for otherwise; of `threads` no more than there are items are used.
template <class Body>
void parallel_for_steps(index_t count, index_t steps, int threads, Body&& body) {
    std::vector<std::atomic<index_t>> done(static_cast<std::size_t>(count));
    std::atomic<bool> failed = false;
    const auto workers = static_cast<int>(std::clamp<index_t>(worker_count(threads), 1, std::max<index_t>(count, 1)));
    parallel_for(count * steps, workers, [&](index_t turn, int worker) {
        const index_t item = turn % count, step = turn / count;
        std::atomic<index_t>& steps_done = done[static_cast<std::size_t>(item)];
        while (steps_done.load(std::memory_order_acquire) < step) {  // another thread is at it
            if (failed) return;
            std::this_thread::yield();
        }
        try {
            body(item, step, worker);
        } catch (...) {
            failed = true;
            throw;
        }
        steps_done.store(step + 1, std::memory_order_release);
    });
}

}  // namespace lpntk
