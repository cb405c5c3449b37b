// Logits of many images.
#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

template <class Network>
void add_logits(index_t samples, int threads) {
    add(std::string("forward/") + Network::name + "/" + std::to_string(samples) + at_threads(threads),
        [=](benchmark::State& state) {
            const auto data = images_for<Network>(samples);
            const auto& net = network<Network>();
            meter(state, threads)
                .run({.multiply_adds = forward_work<Network>() * static_cast<double>(samples), .samples = samples},
                     [&] { return net.logits(data.inputs, threads); });
        });
}

}  // namespace

void add_forward() {
    for (const int threads : thread_counts()) {
        add_logits<lenet>(2048, threads);
        add_logits<mlp>(2048, threads);
        add_logits<resnet18>(256, threads);
    }
}

}  // namespace bench
