// Forming a part, leaving it as it comes, or keeping a convolution's pixels: features and Gram, each way, over shapes
// on both sides of the borders, and what lpntk::cost_model chooses. benchmarks/report.py prints the rows that
// tests/kernel/cost_model.cpp holds.
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
        constexpr lpntk::part_form forms[] = {lpntk::part_form::dense, lpntk::part_form::factors,
                                              lpntk::part_form::pixels};
        double best[] = {1e9, 1e9, 1e9};
        for (auto iteration : state) {
            static_cast<void>(iteration);
            for (std::size_t f = 0; f < 3; ++f)
                if (lpntk::form_given(layout, forms[f]) == forms[f])
                    best[f] = std::min(best[f], seconds(net, inputs, forms[f]));
        }
        const auto chosen = static_cast<std::size_t>(lpntk::cost_model{}.choose(layout, samples));
        const auto set = [&](const char* counter, double value) { state.counters[counter] = value; };
        set("inputs", static_cast<double>(layout.inputs));
        set("outputs", static_cast<double>(layout.outputs));
        set("positions", static_cast<double>(layout.positions));
        set("samples", static_cast<double>(samples));
        set("formed_ms", best[0] * 1e3);
        set("factors_ms", best[1] * 1e3);
        if (layout.window) set("pixels_ms", best[2] * 1e3);
        set("chosen_over_best", best[chosen] / std::min({best[0], best[1], best[2]}));
    });
}

void add_linear(index_t inputs, index_t outputs, index_t samples) {
    const auto make = [=] { return lpntk::nn::make_sequential<float>({1, 1, inputs}, lpntk::nn::linear(outputs)); };
    add_layer("linear/" + std::to_string(inputs) + "x" + std::to_string(outputs), make, samples);
}

/// 3 x 3 kernels at edge x edge positions, on an image with padding or, without, of two more pixels each way.
void add_convolution(index_t edge, index_t channels, index_t outputs, index_t samples, bool pads = false) {
    const auto make = [=] {
        const index_t image = pads ? edge : edge + 2;
        return lpntk::nn::make_sequential<float>({image, image, channels},
                                                 lpntk::nn::conv2d({.outputs = outputs, .padding = pads ? 1 : 0}),
                                                 lpntk::nn::flatten());
    };
    add_layer("conv2d/" + std::to_string(edge * edge) + "x" + std::to_string(9 * channels) + "x" +
                  std::to_string(outputs) + (pads ? "/padded" : ""),
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
    for (const index_t channels : {32, 64, 128, 256}) add_convolution(4, channels, channels, 256, true);
    for (const index_t channels : {64, 128}) add_convolution(5, channels, channels, 256, true);
    add_convolution(6, 128, 128, 256, true);
}

}  // namespace bench
