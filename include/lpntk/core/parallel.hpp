#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>

#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif
#if defined(__linux__)
#include <sys/resource.h>
#endif

namespace lpntk::inline LPNTK_TARGET {

namespace detail {

/// How many threads' stacks fill a quarter of the address space that this process may have (ulimit -v).
inline std::uint64_t stacks_that_fit() {
#if defined(__linux__)
    rlimit space{}, stack{};
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
        const bool known =
            getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur > 0 && stack.rlim_cur != RLIM_INFINITY;
        return space.rlim_cur / 4 / (known ? stack.rlim_cur : rlim_t{8} << 20U);
    }
#endif
    return std::numeric_limits<std::uint64_t>::max();
}

}  // namespace detail

/// The most threads that parallel_for uses, whatever it is asked for: four for each processor, but 16 at least, and
/// under a limit of the address space (ulimit -v) no more than those whose stacks fill a quarter of it. More would
/// not be faster, and OpenMP ends the program when a thread cannot be had. 1 without OpenMP. Found out at the first
/// call and the same ever after.
inline int most_workers() {
#ifdef _OPENMP
    static const int most = [] {
        const int useful = std::max(16, 4 * omp_get_num_procs());
        return static_cast<int>(
            std::clamp<std::uint64_t>(detail::stacks_that_fit(), 1, static_cast<std::uint64_t>(useful)));
    }();
    return most;
#else
    return 1;
#endif
}

/// Number of workers that parallel_for uses for `threads`: itself, or for 0 what OpenMP offers
/// (OMP_NUM_THREADS, else the number of processors), but most_workers() at most. Changes no global state.
inline int worker_count([[maybe_unused]] int threads) {
    require(threads >= 0, "worker_count", "threads", threads, ">= 0 (0: all)");
#ifdef _OPENMP
    return std::min(threads > 0 ? threads : omp_get_max_threads(), most_workers());
#else
    return 1;
#endif
}

/// Whether the caller is one of several threads of a parallel_for, or of another OpenMP region.
inline bool in_parallel_region() {
#ifdef _OPENMP
    return omp_in_parallel() != 0;
#else
    return false;
#endif
}

/// Calls body(item, worker) once for each item in [0, count), on worker_count(threads) threads.
///
/// Items are handed out one by one in ascending order; `worker` in [0, worker_count(threads)) names
/// the calling thread, so that a caller can keep one scratch space for each. Which worker gets an item is
/// not fixed: results must depend on the item alone, and then they are the same for any thread count.
/// An exception of a body is rethrown here after all threads have stopped; when several items throw,
/// the lowest of those that ran wins. Thread-safe; nested calls run on the calling thread. A body has the stack of
/// its thread (OMP_STACKSIZE, else ulimit -s); 256 KiB suffice here, of which Eigen takes 128 for some products.
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
#pragma omp parallel for schedule(monotonic : dynamic, 1) num_threads(workers)
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
