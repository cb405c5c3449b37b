// tangent_features: a forward and a backward pass for each sample, and the packing of the parts.
#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

/// Multiply-adds of one sample: both passes, and the weight gradients of the parts that are formed.
template <class Network>
double feature_work(const lpntk::features<float>& phi) {
    double sum = forward_work<Network>() + backward_work<Network>();
    for (const auto& part : phi.parts())
        if (part.form == lpntk::part_form::dense && part.layout.inputs > 0)
            sum += static_cast<double>(part.layout.positions * part.layout.inputs * part.layout.outputs);
    return sum;
}

template <class Network, class Cotangent>
void add_features_of(const std::string& kind, const Cotangent& cotangent, index_t samples, int threads) {
    add("features/" + std::string(Network::name) + kind + "/" + std::to_string(samples) + at_threads(threads),
        [=](benchmark::State& state) {
            const auto data = images_for<Network>(samples);
            const auto& net = network<Network>();
            const auto features = [&] { return lpntk::tangent_features(net, data, cotangent, {.threads = threads}); };
            last_features() = {};
            work done{.samples = samples};
            {
                const auto phi = features();
                done.multiply_adds = feature_work<Network>(phi) * static_cast<double>(samples);
                done.bytes = phi.bytes();
            }
            meter(state, threads).run(done, features);
        });
}

}  // namespace

void add_features() {
    for (const int threads : thread_counts()) {
        for (const index_t samples : {1024, 4096}) add_features_of<lenet>("", lpntk::label_signs{}, samples, threads);
        add_features_of<mlp>("", lpntk::label_signs{}, 4096, threads);
        add_features_of<resnet18>("", lpntk::label_signs{}, 128, threads);
    }
    add_features_of<lenet>("_loss_gradient", lpntk::loss_gradient{}, 1024, all_threads());
}

}  // namespace bench
