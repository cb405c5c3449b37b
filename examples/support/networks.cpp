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
    any_network (*make_normalised)(lpntk::image_shape input, lpntk::index_t classes, std::uint64_t seed);
};

template <std::size_t Blocks, nn::normalisation By, lpntk::index_t... Widths>
any_network resnet(lpntk::image_shape input, lpntk::index_t classes, std::uint64_t seed) {
    return any_network(nn::resnet<float, Blocks, By>(input, {Widths...}, classes, seed));
}

constexpr known_network known_networks[] = {
    {"lenet", "LeNet", 0.02F,
     [](auto input, auto classes, auto seed) { return any_network(nn::lenet<float>(seed, input, classes)); }, nullptr},
    {"mlp", "MLP", 0.02F,
     [](auto input, auto classes, auto seed) {
         return any_network(nn::mlp<float>({input.size(), 512, 512, classes}, seed));
     },
     nullptr},
    {"resnet", "ResNet", 0.02F, resnet<1, nn::normalisation::none, 16, 32, 64>,
     resnet<1, nn::normalisation::batch, 16, 32, 64>},
    {"resnet18", "ResNet-18", 0.02F, resnet<2, nn::normalisation::none, 64, 128, 256, 512>,
     resnet<2, nn::normalisation::batch, 64, 128, 256, 512>},
};

const known_network& known(const std::string& name) {
    for (const known_network& network : known_networks)
        if (network.name == name) return network;
    throw lpntk::argument_error("--network " + name + ": there is no such network");
}

}  // namespace

any_network network_kind::operator()(std::uint64_t seed) const {
    const known_network& network = known(name);
    return (normalised ? network.make_normalised : network.make)(input, classes, seed);
}

network_options::network_options(options& shared) {
    std::vector<std::string> names{network_};
    for (const known_network& network : known_networks) names.emplace_back(network.name);
    shared.add_choice("--network", network_, "network to train; default: lenet, for CIFAR-10 resnet", names);
    shared.add_choice("--normalisation", normalisation_, "what follows the convolutions of a resnet",
                      {"none", "batch"});
    shared.add_flag("--augment", augment_, "shift images at random while training, and flip those of CIFAR-10");
}

network_kind network_options::kind_for(const images& data) const {
    const lpntk::image_shape& shape = data.train.shape;
    const bool coloured = shape.channels > 1;
    const known_network& chosen = known(network_ != "default" ? network_ : coloured ? "resnet" : "lenet");
    const bool normalised = normalisation_ == "batch";
    lpntk::require(!normalised || chosen.make_normalised != nullptr, "--network " + std::string(chosen.name),
                   "--normalisation", normalisation_, "none: only a resnet has another");
    network_kind kind{chosen.name, chosen.title, shape, data.train.classes, chosen.learning_rate, normalised, {}};
    if (!augment_) return kind;
    const nn::random_shift shift{.pixels = shape.width / 8, .fill = data.scaling.black(shape.channels)};
    if (coloured)
        kind.augment = nn::in_turn(nn::random_flip{}, shift);
    else
        kind.augment = shift;
    return kind;
}

}  // namespace examples
