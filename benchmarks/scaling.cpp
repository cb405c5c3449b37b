// How time and memory grow with the number of samples (1k to 32k) and with the width of a network. Features and Gram
// together; benchmarks/report.py fits the exponents.
#include <lpntk/kernel/gram.hpp>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

template <class Network>
void measure(benchmark::State& state, const Network& net, index_t samples) {
    last_features() = {};
    const auto data = images(samples);
    const work done{.samples = samples, .bytes = static_cast<std::size_t>(samples * (samples + 1) / 2) * sizeof(float)};
    meter(state, all_threads()).run(done, [&] {
        const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{}, {.threads = all_threads()});
        return lpntk::gram(phi, {.threads = all_threads()});
    });
}

template <class Network>
void add_samples(index_t samples) {
    add(std::string("scaling/samples/") + Network::name + "/" + std::to_string(samples) + at_threads(all_threads()),
        [=](benchmark::State& state) { measure(state, network<Network>(), samples); });
}

void add_width(index_t width) {
    add("scaling/width/mlp/" + std::to_string(width) + at_threads(all_threads()),
        [=](benchmark::State& state) { measure(state, lpntk::nn::mlp<float>({784, width, width, 10}, 1), 2048); });
}

}  // namespace

void add_scaling() {
    for (const index_t samples : {1024, 2048, 4096, 8192}) add_samples<lenet>(samples);
    for (const index_t samples : {1024, 2048, 4096, 8192, 16384}) add_samples<mlp>(samples);
    for (const index_t width : {64, 128, 256, 512, 1024, 2048}) add_width(width);
    if (large_runs()) {
        for (const index_t samples : {16384, 32768}) add_samples<lenet>(samples);
        add_samples<mlp>(32768);
    }
}

}  // namespace bench
