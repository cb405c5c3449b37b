#pragma once

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <map>
#include <string>

#include <benchmark/benchmark.h>

#include "support/peak.hpp"

namespace bench {

/// The most memory the process had resident since reset_peak_memory(), in MiB; 0 where the system does not say.
inline double peak_memory_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024;
    return 0;
}

inline void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// What a raw Eigen product reaches as a fraction of the FMA peak; measured once in the process for each number of threads.
inline double gemm_fraction_of_peak(int threads) {
    static std::map<int, double> known;
    const auto found = known.find(threads);
    if (found != known.end()) return found->second;
    const double before = fma_peak(threads), gemm = eigen_gemm(2048, threads);
    return known[threads] = gemm / std::max(before, fma_peak(threads));
}

/// What one iteration does.
struct work {
    double multiply_adds = 0;   ///< nominal: a multiplication by zero that is skipped counts
    index_t samples = 0;
    std::size_t bytes = 0;      ///< of the result
};

/// Runs a benchmark and reports, by the wall clock,
///
///     gflops              of 10^9 multiplications and additions a second
///     peak_fraction       of the FMA peak, measured before and after in this process; the larger of the two, so that a
///                         slow moment of the machine cannot flatter
///     gemm_fraction       of what Eigen's matrix product would do at that peak
///     us_per_sample       microseconds; core_us_per_sample is that times the threads
///     bytes, peak_mib     of the result; of the process while it ran
///
/// Google Benchmark's own real time has the same meaning; its suffix "/real_time" is left out of the names.
class meter {
public:
    meter(benchmark::State& state, int threads) : state_(&state), threads_(threads) {}

    /// f() once an iteration; its result is kept until the clock is read.
    template <class F>
    void run(const work& done, F&& f) {
        const double gemm = gemm_fraction_of_peak(threads_);
        double peak = fma_peak(threads_);
        reset_peak_memory();
        const stopwatch watch;
        for (auto iteration : *state_) {
            static_cast<void>(iteration);
            auto result = f();
            benchmark::DoNotOptimize(result);
        }
        const double seconds = watch.seconds() / static_cast<double>(state_->iterations());
        const double memory = peak_memory_mib();
        peak = std::max(peak, fma_peak(threads_));
        if (done.multiply_adds > 0) {
            const double gflops = 2e-9 * done.multiply_adds / seconds;
            set("gflops", gflops);
            set("peak_fraction", gflops / peak);
            set("gemm_fraction", gflops / peak / gemm);
            set("peak_gflops", peak);
        }
        if (done.samples > 0) {
            const double each = seconds * 1e6 / static_cast<double>(done.samples);
            set("us_per_sample", each);
            set("core_us_per_sample", each * threads_);
        }
        if (done.bytes > 0) set("bytes", static_cast<double>(done.bytes));
        set("peak_mib", memory);
    }

    void set(const std::string& counter, double value) { state_->counters[counter] = value; }

private:
    benchmark::State* state_;
    int threads_;
};

/// Registers f(state) under `name`, times in milliseconds.
template <class F>
benchmark::internal::Benchmark* add(const std::string& name, F f) {
    return benchmark::RegisterBenchmark(name.c_str(), std::move(f))->Unit(benchmark::kMillisecond);
}

}  // namespace bench
