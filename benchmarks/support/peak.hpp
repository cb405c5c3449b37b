#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include <lpntk/core/parallel.hpp>
#include <lpntk/core/simd.hpp>
#include <lpntk/core/types.hpp>

namespace bench {

using lpntk::index_t;

/// Wall-clock seconds since construction.
class stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(clock::now() - start_).count(); }

private:
    using clock = std::chrono::steady_clock;
    clock::time_point start_ = clock::now();
};

/// The fewest seconds that f() took in `tries` calls.
template <class F>
double best_seconds(int tries, F&& f) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < tries; ++i) {
        const stopwatch watch;
        f();
        best = std::min(best, watch.seconds());
    }
    return best;
}

typedef float float32x4 __attribute__((vector_size(16)));
typedef float float32x8 __attribute__((vector_size(32)));
typedef float float32x16 __attribute__((vector_size(64)));

namespace detail {

/// `steps` rounds of 12 independent multiply-adds on vectors: enough to fill two pipes four cycles deep, and few
/// enough for 16 registers. Returns a number that depends on all of them.
template <class Vec>
float multiply_add(index_t steps) {
    Vec sums[12];
    for (int i = 0; i < 12; ++i) sums[i] = Vec{} + static_cast<float>(i);
    const Vec factor = Vec{} + 0.999F, term = Vec{} + 0.001F;
    for (index_t step = 0; step < steps; ++step)
#pragma GCC unroll 12
        for (int i = 0; i < 12; ++i) sums[i] = sums[i] * factor + term;
    Vec all = sums[0];
    for (int i = 1; i < 12; ++i) all += sums[i];
    return all[0];
}

}  // namespace detail

/// Multiply-adds in registers alone, in GF/s: what `threads` cores can do with vectors of this type right now.
/// The best of 8 runs of about 5 ms.
template <class Vec = lpntk::micro::simd<float>::vec>
double fma_peak(int threads) {
    constexpr index_t steps = 800'000;
    std::vector<float> results(static_cast<std::size_t>(threads));
    const double seconds = best_seconds(8, [&] {
        lpntk::parallel_for(threads, threads, [&](index_t item, int) {
            results[static_cast<std::size_t>(item)] = detail::multiply_add<Vec>(steps);
        });
    });
    volatile float used = results[0];
    static_cast<void>(used);
    return 2.0 * 12 * (sizeof(Vec) / sizeof(float)) * static_cast<double>(steps) * threads / seconds / 1e9;
}

/// Eigen's float32 matrix product of `size` x `size` by itself, in GF/s: the best of 3.
inline double eigen_gemm(index_t size, int threads) {
    const lpntk::matrix<float> a = lpntk::matrix<float>::Random(size, size);
    lpntk::matrix<float> c(size, size);
    Eigen::setNbThreads(threads);
    const double seconds = best_seconds(3, [&] { c.noalias() = a * a; });
    Eigen::setNbThreads(0);
    volatile float used = c(0, 0);
    static_cast<void>(used);
    return 2e-9 * static_cast<double>(size * size * size) / seconds;
}

}  // namespace bench
