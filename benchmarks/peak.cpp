// What the machine can do: fused multiply-adds in registers, by vector type and threads, and a raw matrix product
// beside them. The ceilings of everything else.
#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

template <class Vec>
void add_fma(int threads) {
    add("peak/fma/float32x" + std::to_string(sizeof(Vec) / sizeof(float)) + at_threads(threads),
        [=](benchmark::State& state) {
            double best = 0;
            for (auto iteration : state) {
                static_cast<void>(iteration);
                best = std::max(best, fma_peak<Vec>(threads));
            }
            state.counters["gflops"] = best;
        });
}

/// Eigen's product of rows x depth by depth x rows: large and square, and of the shape of a Gram of few features.
void add_gemm(index_t rows, index_t depth, int threads) {
    const std::string shape = std::to_string(rows) + "x" + std::to_string(depth);
    add("peak/eigen_gemm/" + shape + at_threads(threads), [=](benchmark::State& state) {
        const lpntk::matrix<float> a = lpntk::matrix<float>::Random(rows, depth);
        lpntk::matrix<float> c(rows, rows);
        Eigen::setNbThreads(threads);
        meter(state, threads).run({.multiply_adds = static_cast<double>(rows * rows * depth)}, [&] {
            c.noalias() = a * a.transpose();
            return c(0, 0);
        });
        Eigen::setNbThreads(0);
    });
}

}  // namespace

void add_peak() {
    for (const int threads : thread_counts()) {
        add_fma<float32x4>(threads);
        if constexpr (lpntk::micro::vector_bytes >= 32) add_fma<float32x8>(threads);
        if constexpr (lpntk::micro::vector_bytes >= 64) add_fma<float32x16>(threads);
    }
    for (const int threads : thread_counts()) {
        add_gemm(2048, 2048, threads);
        add_gemm(4096, 128, threads);
    }
}

}  // namespace bench
