// Forming a part against leaving it as it comes: features and Gram, both ways, over shapes on both sides of the
// border, and what lpntk::cost_model chooses. benchmarks/report.py prints the rows that tests/kernel/cost_model.cpp
// holds.
#include <lpntk/kernel/gram.hpp>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

/// Seconds of features and Gram with the only part in `form`.
template <class Network>
double seconds(const Network& net, const lpntk::matrix<float>& inputs, lpntk::part_form form) {
    return best_seconds(2, [&] {
        const auto phi =
            lpntk::tangent_features(net, inputs, {}, lpntk::all_ones{}, {.threads = all_threads(), .forms = {form}});
        auto kappa = lpntk::gram(phi, {.threads = all_threads()});
        benchmark::DoNotOptimize(kappa);
    });
}

/// A network of one layer: every output is a logit, so the cotangent is dense.
template <class Make>
void add_layer(const std::string& name, Make make, index_t samples) {
    add("cost_model/" + name + "/" + std::to_string(samples) + at_threads(all_threads()), [=](benchmark::State& state) {
        last_features() = {};
        auto net = make();
        lpntk::nn::initialise(net, lpntk::nn::initialisation::he, 3);
        const lpntk::part_layout layout = net.part_layouts().front();
        const lpntk::matrix<float> inputs = lpntk::matrix<float>::Random(samples, net.inputs());
        double formed = 1e9, unformed = 1e9;
        for (auto iteration : state) {
            static_cast<void>(iteration);
            formed = std::min(formed, seconds(net, inputs, lpntk::part_form::dense));
            unformed = std::min(unformed, seconds(net, inputs, lpntk::unformed(layout)));
        }
        const bool forms = lpntk::cost_model{}.choose(layout, samples) == lpntk::part_form::dense;
        const auto set = [&](const char* counter, double value) { state.counters[counter] = value; };
        set("inputs", static_cast<double>(layout.inputs));
        set("outputs", static_cast<double>(layout.outputs));
        set("positions", static_cast<double>(layout.positions));
        set("samples", static_cast<double>(samples));
        set("formed_ms", formed * 1e3);
        set("unformed_ms", unformed * 1e3);
        set("chosen_over_best", (forms ? formed : unformed) / std::min(formed, unformed));
    });
}

void add_linear(index_t inputs, index_t outputs, index_t samples) {
    const auto make = [=] { return lpntk::nn::make_sequential<float>({1, 1, inputs}, lpntk::nn::linear(outputs)); };
    add_layer("linear/" + std::to_string(inputs) + "x" + std::to_string(outputs), make, samples);
}

/// 3 x 3 kernels on a square image that leaves edge x edge positions.
void add_convolution(index_t edge, index_t channels, index_t outputs, index_t samples) {
    const auto make = [=] {
        return lpntk::nn::make_sequential<float>({edge + 2, edge + 2, channels},
                                                 lpntk::nn::conv2d({.outputs = outputs}), lpntk::nn::flatten());
    };
    add_layer(
        "conv2d/" + std::to_string(edge * edge) + "x" + std::to_string(9 * channels) + "x" + std::to_string(outputs),
        make, samples);
}

}  // namespace

void add_cost_model() {
    for (const index_t samples : {256, 1024}) {
        for (const index_t outputs : {1, 4, 10, 64}) add_linear(16, outputs, samples);
        for (const index_t outputs : {1, 2, 4, 16}) add_linear(128, outputs, samples);
        add_linear(4, 4, samples);
        add_linear(512, 10, samples);
        add_convolution(1, 16, 32, samples);
        add_convolution(2, 16, 16, samples);
        add_convolution(2, 64, 64, samples);
        add_convolution(3, 32, 64, samples);
        add_convolution(4, 4, 16, samples);
        add_convolution(4, 64, 128, samples);
    }
    add_convolution(8, 8, 8, 256);
}

}  // namespace bench
