#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <lpntk/io/mnist.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/nn/resnet.hpp>
#include <lpntk/nn/zoo.hpp>

namespace bench {

using lpntk::index_t;

/// The folder with MNIST's IDX files that the environment variable LPNTK_DATA names; empty without it.
inline std::string data_folder() {
    const char* folder = std::getenv("LPNTK_DATA");
    return folder == nullptr ? "" : folder;
}

/// Large runs (minutes each) are registered only when LPNTK_LARGE is set.
inline bool large_runs() { return std::getenv("LPNTK_LARGE") != nullptr; }

/// 1, and what this machine has.
inline std::vector<int> thread_counts() {
    const int all = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return all == 1 ? std::vector<int>{1} : std::vector<int>{1, all};
}
inline int all_threads() { return thread_counts().back(); }

/// Images of normal noise with labels 0, 1, ..., 9, 0, ...
inline lpntk::dataset<float> noise_images(index_t samples, lpntk::image_shape shape = {28, 28, 1}) {
    lpntk::dataset<float> data{lpntk::matrix<float>(samples, shape.size()), {}, 10, shape};
    for (index_t i = 0; i < samples; ++i) {
        lpntk::random_stream random(99, static_cast<std::uint64_t>(i));
        for (index_t k = 0; k < shape.size(); ++k) data.inputs(i, k) = static_cast<float>(random.normal());
        data.labels.push_back(static_cast<int>(i % 10));
    }
    return data;
}

/// The first `samples` training images of MNIST (again from the first when there are fewer), or noise.
inline lpntk::dataset<float> images(index_t samples) {
    if (data_folder().empty()) return noise_images(samples);
    static const lpntk::dataset<float> all = lpntk::io::read_mnist(data_folder(), lpntk::io::split::train);
    std::vector<index_t> indices(static_cast<std::size_t>(samples));
    for (index_t i = 0; i < samples; ++i) indices[static_cast<std::size_t>(i)] = i % all.size();
    return lpntk::subset(all, indices);
}

/// The networks, at their initial weights (He).
struct lenet {
    static constexpr const char* name = "lenet";
    static auto make() { return lpntk::nn::lenet<float>(1); }
};
struct mlp {
    static constexpr const char* name = "mlp";
    static auto make() { return lpntk::nn::mlp<float>({784, 512, 512, 10}, 1); }
};

struct resnet18 {
    static constexpr const char* name = "resnet18";
    static auto make() { return lpntk::nn::resnet18<float>(1); }
};
struct normalised_resnet18 {
    static constexpr const char* name = "normalised_resnet18";
    static auto make() { return lpntk::nn::resnet18<float, lpntk::nn::normalisation::batch>(1); }
};

template <class Network>
const auto& network() {
    static const auto net = Network::make();
    return net;
}

/// Images that the network takes: images(), or noise where those have another shape.
template <class Network>
lpntk::dataset<float> images_for(index_t samples) {
    const lpntk::image_shape shape = network<Network>().input_shape();
    return shape.size() == 784 ? images(samples) : noise_images(samples, shape);
}

struct named_features {
    std::string name;
    lpntk::features<float> phi;
};
inline named_features& last_features() {
    static named_features kept;
    return kept;
}

/// The features of the first `samples` images. The last ones are kept, so that repetitions do not make them again.
template <class Network>
const lpntk::features<float>& features_of(index_t samples) {
    named_features& kept = last_features();
    const std::string name = std::string(Network::name) + "/" + std::to_string(samples);
    if (kept.name != name) {
        kept = {};
        kept = {name, lpntk::tangent_features(network<Network>(), images_for<Network>(samples), lpntk::label_signs{})};
    }
    return kept.phi;
}

/// Multiply-adds of one sample's forward pass.
template <class Network>
double forward_work() {
    double sum = 0;
    for (const lpntk::part_layout& part : network<Network>().part_layouts())
        sum += static_cast<double>(part.positions * part.inputs * part.outputs);
    return sum;
}

/// Multiply-adds of one sample's backward pass down to the inputs of the first layer with weights, weight gradients
/// left out.
template <class Network>
double backward_work() {
    const lpntk::part_layout& first = network<Network>().part_layouts().front();
    return forward_work<Network>() - static_cast<double>(first.positions * first.inputs * first.outputs);
}

/// "/threads:2"
inline std::string at_threads(int threads) { return "/threads:" + std::to_string(threads); }

}  // namespace bench
