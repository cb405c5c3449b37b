#include <support/networks.hpp>

#include <functional>

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>
#include <lpntk/model/pushforward.hpp>
#include <lpntk/nn/layers/batch_norm.hpp>
#include <lpntk/nn/train_best.hpp>
#include <lpntk/nn/zoo.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using examples::any_network;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

static_assert(nn::trainable<any_network> && lpntk::jacobian_provider<any_network> && lpntk::has_parts<any_network>);
static_assert(nn::holds_statistics<any_network>);
static_assert(lpntk::has_batched_pushforward<any_network> && lpntk::has_weights<any_network>);

namespace {

auto small_network(std::uint64_t seed) {
    auto net = nn::make_sequential<float>({6, 6, 2}, nn::conv2d({.outputs = 3}), nn::batch_norm(), nn::relu(),
                                          nn::dropout(0.25), nn::linear(3));
    nn::initialise(net, nn::initialisation::he, seed);
    return net;
}

lpntk::dataset<float> noise(index_t samples, lpntk::image_shape shape, int classes) {
    lpntk::dataset<float> data{matrix<float>(samples, shape.size()), {}, classes, shape};
    lpntk::random_stream random(1);
    for (index_t i = 0; i < data.inputs.size(); ++i) data.inputs.data()[i] = static_cast<float>(random.normal());
    for (index_t i = 0; i < samples; ++i) data.labels.push_back(static_cast<int>(i % classes));
    return data;
}

examples::images images_of(lpntk::image_shape shape) {
    return {.name = "noise", .scaling = {}, .train = noise(10, shape, 10), .validation = {}, .test = {}};
}

/// What --network and the rest of a command line say for images of this shape.
examples::network_kind chosen(std::vector<std::string> arguments, lpntk::image_shape shape, int code = 0) {
    const test::temporary_folder folder;
    examples::options shared{"program", "A test."};
    const examples::network_options network(shared);
    shared.out = folder / "out";
    arguments.insert(arguments.begin(), "program");
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    examples::network_kind kind;
    const auto body = [&](examples::results&) { kind = network.kind_for(images_of(shape)); };
    REQUIRE(examples::run_example(static_cast<int>(pointers.size()), pointers.data(), shared, body) == code);
    return kind;
}

constexpr lpntk::image_shape grey{28, 28, 1}, coloured{32, 32, 3};

}  // namespace

TEST_CASE("a network behind an interface computes the same bits as itself") {
    const auto data = noise(40, {6, 6, 2}, 3);
    auto direct = small_network(1);
    any_network held(direct);
    REQUIRE(held.inputs() == 72);
    REQUIRE(held.outputs() == 3);
    REQUIRE(held.parameters() == direct.parameters());
    const any_network untouched = held;
    const nn::train_options<float> how{.epochs = 3, .batch = 17, .seed = 4, .threads = 2};
    nn::train_best(direct, data, data, how);
    nn::train_best(held, data, data, how);
    REQUIRE(held.state() == direct.state());
    REQUIRE(held.weights() == direct.weights());
    REQUIRE(direct.statistics() != small_network(1).statistics());
    REQUIRE(untouched.state() == small_network(1).state());
    REQUIRE(held.logits(data.inputs) == direct.logits(data.inputs));
    REQUIRE(held.last_layer_features(data.inputs) == direct.last_layer_features(data.inputs));

    const auto same_features = [&](const auto& cotangent) {
        return lpntk::gram(lpntk::tangent_features(held, data, cotangent)).dense() ==
               lpntk::gram(lpntk::tangent_features(direct, data, cotangent)).dense();
    };
    REQUIRE(same_features(lpntk::label_signs{}));
    REQUIRE(same_features(lpntk::loss_gradient{}));
    const vector<float> direction = small_network(7).weights();
    const auto expected = lpntk::pushforward(direct, data.inputs, direction);
    const auto found = lpntk::pushforward(held, data.inputs, direction);
    REQUIRE(found.logits == expected.logits);
    REQUIRE(found.changes == expected.changes);
}

TEST_CASE("buffers that another type of network left do no harm") {
    const auto data = noise(20, {6, 6, 2}, 3);
    nn::batch_gradient<any_network> gradient;
    for (const bool first : {true, false, true}) {
        const any_network net(first ? any_network(small_network(1)) : any_network(nn::mlp<float>({72, 5, 3}, 1)));
        nn::batch_gradient<any_network> fresh;
        gradient.compute(net, data.inputs, data.labels, 2, 9);
        fresh.compute(net, data.inputs, data.labels, 1, 9);
        REQUIRE(gradient.gradient() == fresh.gradient());
    }
}

TEST_CASE("every network that --network names takes MNIST's images and CIFAR-10's") {
    const auto parameters = [](const char* name, lpntk::image_shape shape) {
        const auto kind = chosen({"--network", name}, shape);
        REQUIRE(kind.name == name);
        const any_network net = kind(1);
        const matrix<float> z = net.logits(noise(2, shape, 2).inputs, 1);
        REQUIRE(z.rows() == 2);
        REQUIRE(z.cols() == 10);
        REQUIRE(z.allFinite());
        return net.parameters();
    };
    CHECK(parameters("lenet", grey) == 1'199'882);
    CHECK(parameters("lenet", coloured) == 1'626'442);
    CHECK(parameters("mlp", grey) == 669'706);
    CHECK(parameters("mlp", coloured) == 1'841'162);
    CHECK(parameters("resnet", grey) == parameters("resnet", coloured) - 2 * 9 * 16);
    CHECK(parameters("resnet18", coloured) == 11'169'162);
    const auto normalised = [](const char* name, int code = 0) {
        return chosen({"--network", name, "--normalisation", "batch"}, coloured, code);
    };
    CHECK(normalised("resnet18")(1).parameters() == 11'173'962);
    CHECK(normalised("resnet").normalised);
    CHECK_FALSE(normalised("lenet", 1).normalised);
}

TEST_CASE(
    "without --network grey images get LeNet and coloured ones a small ResNet; augmentation only when asked for") {
    CHECK(chosen({}, grey).name == "lenet");
    CHECK(chosen({}, coloured).name == "resnet");
    CHECK(chosen({}, coloured).title == "ResNet");
    CHECK_FALSE(chosen({}, coloured).augment);
    CHECK(chosen({"--augment"}, coloured).augment);
    CHECK(chosen({"--network", "alexnet"}, grey, 2).name.empty());
}

TEST_CASE("digits are moved over their background, never mirrored") {
    const auto augment = chosen({"--augment"}, grey).augment;
    vector<float> image = vector<float>::Constant(784, -0.42421296F);
    image[14 * 28 + 10] = 2;
    image[14 * 28 + 11] = 1;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        vector<float> moved = image;
        lpntk::random_stream random(seed);
        augment(moved, grey, random);
        index_t at = 0;
        moved.maxCoeff(&at);
        CHECK(moved[at + 1] == 1);
        CHECK(std::abs(moved.sum() - image.sum()) < 0.01F);
    }
}
