#pragma once

#include <atomic>
#include <utility>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"

namespace lpntk {

/// parallel_for that reports: after its own items, the calling thread (worker 0) tells how many are done by all.
/// The last report is (count, count), once everything is done. Errors and threads as in parallel_for.
template <class Body>
void parallel_for(index_t count, int threads, const progress& report, Body&& body) {
    std::atomic<index_t> done = 0;
    parallel_for(count, threads, [&](index_t item, int worker) {
        body(item, worker);
        const index_t so_far = ++done;
        if (report && worker == 0 && so_far < count) report(so_far, count);
    });
    if (report) report(count, count);
}

}  // namespace lpntk
