// One backward pass for one sample, J(x)^T u written out, as a user's own code would call it; beside it the K of them
// that make a Jacobian, and the training of one epoch.
#include <lpntk/nn/train.hpp>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

template <class Network>
void add_one_sample() {
    const double pass = 2 * forward_work<Network>() + backward_work<Network>();
    add(std::string("pullback/") + Network::name, [=](benchmark::State& state) {
        const auto data = images(1);
        const auto& net = network<Network>();
        const lpntk::vector<float> u = lpntk::vector<float>::Ones(net.outputs());
        lpntk::vector<float> g(net.parameters());
        meter(state, 1).run({.multiply_adds = pass, .samples = 1}, [&] {
            net.pullback(data.inputs.row(0).transpose(), u, g);
            return g[0];
        });
    });
    add(std::string("jacobian/") + Network::name, [=](benchmark::State& state) {
        const auto data = images(1);
        const auto& net = network<Network>();
        lpntk::matrix<float> jacobian(net.outputs(), net.parameters());
        meter(state, 1).run({.multiply_adds = pass * static_cast<double>(net.outputs()), .samples = 1}, [&] {
            net.jacobian(data.inputs.row(0).transpose(), jacobian);
            return jacobian(0, 0);
        });
    });
}

template <class Network>
void add_training(const std::string& kind, index_t samples, int threads) {
    add(kind + "/" + Network::name + "/" + std::to_string(samples) + at_threads(threads), [=](benchmark::State& state) {
        const auto data = images_for<Network>(samples);
        auto net = Network::make();
        const double work = 2 * forward_work<Network>() + backward_work<Network>();
        meter(state, threads).run({.multiply_adds = work * static_cast<double>(samples), .samples = samples}, [&] {
            lpntk::nn::train(net, data, {.epochs = 1, .learning_rate = 0.01F, .batch = 128, .threads = threads});
            return net.weights()[0];
        });
    });
}

}  // namespace

void add_pullback() {
    add_one_sample<lenet>();
    add_one_sample<mlp>();
    for (const int threads : thread_counts()) {
        add_training<lenet>("train_epoch", 2048, threads);
        add_training<mlp>("train_epoch", 2048, threads);
        add_training<resnet18>("train", 256, threads);
    }
    add_training<lenet>("train_epoch", 10'000, all_threads());
}

}  // namespace bench
