// A Gram straight from a model within budgets of memory: its time, the passes over the samples that it takes, and what
// the process took at most.
#include <lpntk/kernel/model_gram.hpp>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

/// Budget 0: none.
template <class Network>
void add_within(index_t samples, std::size_t mib, lpntk::image_shape shape) {
    const std::string budget = mib > 0 ? std::to_string(mib) + "MiB" : "unbounded";
    add("budget/" + std::string(Network::name) + "/" + std::to_string(samples) + "/" + budget +
            at_threads(all_threads()),
        [=](benchmark::State& state) {
            last_features() = {};
            const auto data = noise_images(samples, shape);
            const auto& net = network<Network>();
            index_t through = 0;
            const lpntk::feature_options making{.threads = all_threads(),
                                                .report = [&](index_t, index_t total) { through = total; },
                                                .memory = mib << 20U};
            meter measured(state, all_threads());
            measured.run({.samples = samples}, [&] {
                return lpntk::gram(net, data, lpntk::label_signs{}, making, {.threads = all_threads()});
            });
            measured.set("passes", static_cast<double>(through) / static_cast<double>(samples));
        });
}

}  // namespace

void add_budget() {
    for (const std::size_t mib : {0, 128, 64, 32}) add_within<lenet>(2048, mib, {28, 28, 1});
    for (const std::size_t mib : {0, 200, 100}) add_within<resnet18>(64, mib, {32, 32, 3});
    if (!large_runs()) return;
    add_within<resnet18>(1000, 5427, {32, 32, 3});  // a class of 10,000 images; 5.3 GiB
    add_within<lenet>(60000, 8000, {28, 28, 1});    // all of MNIST, of which the Gram is 6.7 GiB
}

}  // namespace bench
