#pragma once

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <map>
#include <string>

#include <benchmark/benchmark.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "support/peak.hpp"

namespace bench {

/// How much memory the process takes beyond what it had resident at construction, at most, in MiB; Linux only, else 0.
class memory_watch {
public:
    memory_watch() {
#ifdef __GLIBC__
        malloc_trim(0);
#endif
        std::ofstream("/proc/self/clear_refs") << "5";  // the peak is counted from here
        before_ = status("VmRSS:");
    }

    double peak_mib() const { return status("VmHWM:") - before_; }

private:
    static double status(const std::string& field) {
        std::ifstream lines("/proc/self/status");
        for (std::string line; std::getline(lines, line);)
            if (line.rfind(field, 0) == 0) return std::stod(line.substr(field.size())) / 1024;
        return 0;
    }

    double before_ = 0;
};

/// What a raw Eigen product reaches as a fraction of the FMA peak; measured once in the process for each number of
/// threads.
inline double gemm_fraction_of_peak(int threads) {
    static std::map<int, double> known;
    const auto found = known.find(threads);
    if (found != known.end()) return found->second;
    const double before = fma_peak(threads), gemm = eigen_gemm(2048, threads);
    return known[threads] = gemm / std::max(before, fma_peak(threads));
}

/// What one iteration does.
struct work {
    double multiply_adds = 0;  ///< nominal: a multiplication by zero that is skipped counts
    index_t samples = 0;
    std::size_t bytes = 0;  ///< of the result
};

/// Runs a benchmark and reports, by the wall clock,
///
///     gflops              of 10^9 multiplications and additions a second
///     peak_fraction       of the FMA peak, measured before and after in this process; the larger of the two, so that a
///                         slow moment of the machine cannot flatter
///     gemm_fraction       of what Eigen's matrix product would do at that peak
///     us_per_sample       microseconds; core_us_per_sample is that times the threads
///     bytes, peak_mib     of the result; what the process took at most while it ran, beyond what it had before
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
        const memory_watch memory;
        const stopwatch watch;
        for (auto iteration : *state_) {
            static_cast<void>(iteration);
            auto result = f();
            benchmark::DoNotOptimize(result);
        }
        const double seconds = watch.seconds() / static_cast<double>(state_->iterations());
        const double peak_mib = memory.peak_mib();
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
        set("peak_mib", peak_mib);
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
