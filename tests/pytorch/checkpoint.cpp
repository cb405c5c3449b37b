#include <lpntk/pytorch/checkpoint.hpp>

#include <stdexcept>

#include <lpntk/io/safetensors.hpp>
#include <lpntk/nn/augment.hpp>
#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/dropout.hpp>
#include <lpntk/nn/resnet.hpp>
#include <lpntk/nn/train.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
namespace io = lpntk::io;
using lpntk::argument_error, lpntk::matrix;

namespace {

auto run_network(std::uint64_t seed) {
    auto net = nn::make_sequential<float>({6, 6, 2}, nn::conv2d({.outputs = 3, .bias = false}), nn::batch_norm(),
                                          nn::relu(), nn::flatten(), nn::dropout(0.3), nn::linear(3));
    nn::initialise(net, nn::initialisation::he, seed);
    return net;
}

lpntk::dataset<float> run_data() {
    constexpr lpntk::index_t samples = 37;
    lpntk::dataset<float> data{matrix<float>(samples, 72), {}, 3, {6, 6, 2}};
    lpntk::random_stream random(3);
    for (float& value : data.inputs.reshaped()) value = static_cast<float>(random.normal());
    for (int i = 0; i < samples; ++i) data.labels.push_back(i % 3);
    return data;
}

nn::train_options<float> run_options(int threads) {
    return {.epochs = 4,
            .batch = 8,
            .rate_by_epoch = nn::cosine_decay(4),
            .augment = nn::in_turn(nn::random_flip{}, nn::random_shift{.pixels = 1}),
            .seed = 5,
            .threads = threads};
}

struct killed : std::runtime_error {
    killed() : std::runtime_error("killed") {}
};

}  // namespace

TEST_CASE("a training that goes on from a file has the bits of one that was not interrupted") {
    const auto data = run_data();
    auto whole = run_network(1);
    nn::training_state<float> end;
    nn::train(whole, data, run_options(1), end);
    REQUIRE(end.steps == 20);
    auto without_state = run_network(1);
    nn::train(without_state, data, run_options(2));
    CHECK(without_state.state() == whole.state());

    const test::temporary_folder folder;
    const auto file = folder / "run.safetensors";
    for (const lpntk::index_t last : {1, 5, 13, 20}) {
        auto first = run_network(1);
        nn::training_state<float> state;
        auto how = run_options(2);
        how.after_step = [&](const auto&) {
            if (state.steps < last) return;
            io::write_safetensors(file, nn::checkpoint(first, state));
            throw killed();
        };
        CHECK_THROWS_AS(nn::train(first, data, how, state), killed);
        auto second = run_network(2);
        nn::training_state<float> resumed;
        nn::restore_checkpoint(second, resumed, io::read_safetensors(file));
        CHECK(resumed == state);
        CHECK(second.state() == first.state());
        nn::train(second, data, run_options(3), resumed);
        CHECK(second.state() == whole.state());
        CHECK(resumed == end);
    }
}

TEST_CASE("a file that is no training of this network leaves everything as it was") {
    const auto data = run_data();
    auto net = run_network(1);
    nn::training_state<float> state;
    nn::train(net, data, run_options(1), state);
    const auto stored = nn::checkpoint(net, state);
    auto other = run_network(2);
    const auto before = other.state();
    nn::training_state<float> untouched;
    const auto refusal = [&](auto&& change) {
        auto changed = stored;
        change(changed.tensors);
        return test::message_of<argument_error>([&] { nn::restore_checkpoint(other, untouched, changed); });
    };
    using bytes = std::vector<std::uint8_t>;
    CHECK(test::says(refusal([](auto& t) { t.erase("optimizer.steps"); }), "optimizer.steps is missing"));
    CHECK(test::says(refusal([](auto& t) { t.erase("optimizer.velocity"); }), "optimizer.velocity is missing"));
    CHECK(test::says(refusal([](auto& t) { t.erase("0.weight"); }), "0.weight is missing"));
    CHECK(test::says(refusal([](auto& t) { t["optimizer.steps"].bytes = bytes(8, 0xFF); }), "must be a whole number"));
    CHECK(test::says(refusal([](auto& t) { t["optimizer.steps"] = t["optimizer.velocity"]; }), "must be one number"));
    CHECK(test::says(refusal([](auto& t) { t["optimizer.velocity"] = t["optimizer.steps"]; }), "number of weights"));
    CHECK(test::says(refusal([](auto& t) {
                         auto& velocity = t["optimizer.velocity"].bytes;
                         std::fill(velocity.begin(), velocity.end(), std::uint8_t{0xFF});
                     }),
                     "optimizer.velocity is not finite"));
    CHECK(other.state() == before);
    CHECK(untouched.steps == 0);

    // What does not go with the options is refused before the first step.
    auto shorter = run_options(1);
    shorter.epochs = 1;
    const auto says = [&](nn::training_state<float> from, const std::string& what) {
        CHECK(test::says(test::message_of<argument_error>([&] { nn::train(other, data, shorter, from); }), what));
    };
    says(state, "steps of the state is 20, must be in [0, 5]");
    says({3, {}}, "length of the state's velocity is 0");
    says({0, lpntk::vector<float>::Zero(4)}, "length of the state's velocity is 4");
    CHECK(other.state() == before);
}
