// Registers every subject and runs what --benchmark_filter picks. LPNTK_DATA=<folder> takes MNIST's images instead of
// noise; LPNTK_LARGE=1 adds runs of minutes. Results: benchmarks/README.md.
#include <cstdio>
#include <exception>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

int main(int argc, char** argv) try {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::AddCustomContext("vector_bytes", std::to_string(lpntk::micro::vector_bytes));
    benchmark::AddCustomContext("images", bench::data_folder().empty() ? "noise" : "MNIST");
    for (const int threads : bench::thread_counts())
        benchmark::AddCustomContext("fma_peak_gflops" + bench::at_threads(threads),
                                    std::to_string(bench::fma_peak(threads)));
    bench::add_peak();
    bench::add_forward();
    bench::add_pullback();
    bench::add_features();
    bench::add_gram();
    bench::add_rows();
    bench::add_scaling();
    bench::add_budget();
    bench::add_cost_model();
    bench::add_convolutions();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
} catch (const std::exception& error) {
    std::fprintf(stderr, "lpntk_benchmarks: %s\n", error.what());
    return 1;
}
