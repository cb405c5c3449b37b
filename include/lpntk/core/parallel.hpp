#pragma once

#include <atomic>
#include <exception>
#include <limits>

#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif

namespace lpntk::inline LPNTK_TARGET {

/// Number of workers that parallel_for uses for `threads`: itself, or for 0 what OpenMP offers
/// (OMP_NUM_THREADS, else the number of processors); 1 without OpenMP. Changes no global state.
inline int worker_count([[maybe_unused]] int threads) {
    require(threads >= 0, "worker_count", "threads", threads, ">= 0 (0: all)");
#ifdef _OPENMP
    return threads > 0 ? threads : omp_get_max_threads();
#else
    return 1;
#endif
}

/// Calls body(item, worker) once for each item in [0, count), on worker_count(threads) threads.
///
/// Items are handed out one by one in ascending order; `worker` in [0, worker_count(threads)) names
/// the calling thread, so that a caller can keep one scratch space for each. Which worker gets an item is
/// not fixed: results must depend on the item alone, and then they are the same for any thread count.
/// An exception of a body is rethrown here after all threads have stopped; when several items throw,
/// the lowest of those that ran wins. Thread-safe; nested calls run on the calling thread.
template <class Body>
void parallel_for(index_t count, int threads, Body&& body) {
    [[maybe_unused]] const int workers = worker_count(threads);
    std::atomic<bool> stop = false;
    std::exception_ptr failure;
    index_t failed_item = std::numeric_limits<index_t>::max();
    const auto run = [&](index_t item, int worker) {
        if (stop) return;
        try {
            body(item, worker);
        } catch (...) {
            stop = true;
#ifdef _OPENMP
#pragma omp critical(lpntk_parallel_for_failure)
#endif
            if (item < failed_item) {
                failed_item = item;
                failure = std::current_exception();
            }
        }
    };
#ifdef _OPENMP
    if (workers > 1 && count > 1 && !omp_in_parallel()) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(workers)
        for (index_t item = 0; item < count; ++item) run(item, omp_get_thread_num());
    } else
#endif
    {
        for (index_t item = 0; item < count; ++item) run(item, 0);
    }
    if (failure) std::rethrow_exception(failure);
}

/// The same, and tells `report` after the items of the calling thread how many are done by all; lastly (count, count).
template <class Body>
void parallel_for(index_t count, int threads, const progress& report, Body&& body) {
    shared_progress done(report, count);
    parallel_for(count, threads, [&](index_t item, int worker) {
        body(item, worker);
        done.add(1, worker);
    });
    done.finish();
}

}  // namespace lpntk
