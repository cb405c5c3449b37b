#include "support/networks.hpp"

#include <lpntk/core/require.hpp>
#include <lpntk/nn/resnet.hpp>
#include <lpntk/nn/zoo.hpp>

namespace examples {

namespace nn = lpntk::nn;

namespace {

/// A kind of network, for any images.
struct known_network {
    const char* name;
    const char* title;
    float learning_rate;
    any_network (*make)(lpntk::image_shape input, lpntk::index_t classes, std::uint64_t seed);
};

constexpr known_network known_networks[] = {
    {"lenet", "LeNet", 0.02F,
     [](auto input, auto classes, auto seed) { return any_network(nn::lenet<float>(seed, input, classes)); }},
    {"mlp", "MLP", 0.02F,
     [](auto input, auto classes, auto seed) {
         return any_network(nn::mlp<float>({input.size(), 512, 512, classes}, seed));
     }},
    {"resnet", "ResNet", 0.02F,
     [](auto input, auto classes, auto seed) {
         return any_network(nn::resnet<float, 1>(input, {16, 32, 64}, classes, seed));
     }},
    {"resnet18", "ResNet-18", 0.02F,
     [](auto input, auto classes, auto seed) {
         return any_network(nn::resnet<float, 2>(input, {64, 128, 256, 512}, classes, seed));
     }},
};

const known_network& known(const std::string& name) {
    for (const known_network& network : known_networks)
        if (network.name == name) return network;
    throw lpntk::argument_error("--network " + name + ": there is no such network");
}

}  // namespace

any_network network_kind::operator()(std::uint64_t seed) const { return known(name).make(input, classes, seed); }

network_options::network_options(options& shared) {
    std::vector<std::string> names{network_};
    for (const known_network& network : known_networks) names.emplace_back(network.name);
    shared.add_choice("--network", network_, "network to train; default: lenet, for CIFAR-10 resnet", names);
    shared.add_flag("--augment", augment_, "shift images at random while training, and flip those of CIFAR-10");
}

network_kind network_options::kind_for(const images& data) const {
    const lpntk::image_shape& shape = data.train.shape;
    const bool coloured = shape.channels > 1;
    const known_network& chosen = known(network_ != "default" ? network_ : coloured ? "resnet" : "lenet");
    network_kind kind{chosen.name, chosen.title, shape, data.train.classes, chosen.learning_rate, {}};
    if (!augment_) return kind;
    const nn::random_shift shift{.pixels = shape.width / 8, .fill = data.scaling.black(shape.channels)};
    if (coloured)
        kind.augment = nn::in_turn(nn::random_flip{}, shift);
    else
        kind.augment = shift;
    return kind;
}

}  // namespace examples
