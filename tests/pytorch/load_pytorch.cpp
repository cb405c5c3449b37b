#include <lpntk/pytorch/load_pytorch.hpp>

#include <functional>
#include <limits>

#include <lpntk/io/npy.hpp>
#include <lpntk/io/safetensors.hpp>
#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/dropout.hpp>
#include <lpntk/nn/layers/max_pool.hpp>
#include <lpntk/nn/resnet.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

// Networks that PyTorch saved (tests/data/make_pytorch.py).
namespace nn = lpntk::nn;
namespace io = lpntk::io;
using lpntk::argument_error, lpntk::matrix;

namespace {

std::string stored(const std::string& name) { return std::string(LPNTK_TEST_DATA) + "/pytorch/" + name; }

template <class T>
auto small_cnn() {
    return nn::make_sequential<T>({8, 7, 2}, nn::conv2d({.outputs = 3, .kernel = {3, 2}, .padding = {1, 0}}),
                                  nn::relu(), nn::max_pool(2), nn::flatten(), nn::dropout(0.5), nn::linear(5),
                                  nn::tanh(), nn::linear({.outputs = 3, .bias = false}));
}

template <class T>
auto small_norm_resnet() {
    return nn::resnet<T, 1, nn::normalisation::batch>({8, 8, 2}, {3, 4}, 3, 1);
}

const std::vector<std::string> cnn_modules{"0", "5", "7"};

template <class Network>
double worst_logit(const std::string& name, const Network& net) {
    using T = typename Network::scalar;
    const matrix<double> x = io::read_npy<double>(stored(name + "_x.npy"));
    const matrix<double> found = net.logits(matrix<T>(x.template cast<T>())).template cast<double>();
    return (found - io::read_npy<double>(stored(name + "_logits.npy"))).cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("a network with PyTorch's weights gives PyTorch's logits") {
    auto cnn = small_cnn<float>();
    nn::load_pytorch(cnn, io::read_safetensors(stored("cnn.safetensors")));
    CHECK(worst_logit("cnn", cnn) < 1e-6);
    auto resnet = small_norm_resnet<double>();
    nn::load_pytorch(resnet, io::read_safetensors(stored("norm_resnet.safetensors")),
                     nn::torchvision_resnet_modules({1, 1}));
    CHECK(worst_logit("norm_resnet", resnet) < 1e-13);
}

TEST_CASE("what goes to PyTorch comes back, with its names, its shapes and its bits") {
    const auto saved = io::read_safetensors(stored("cnn.safetensors"));
    auto cnn = small_cnn<float>();
    nn::load_pytorch(cnn, saved);
    CHECK(nn::to_pytorch(cnn, cnn_modules) == saved);

    const auto modules = nn::torchvision_resnet_modules({1, 1});
    auto resnet = small_norm_resnet<float>();
    const auto tensors = io::read_safetensors(stored("norm_resnet.safetensors"));
    nn::load_pytorch(resnet, tensors, modules);
    const test::temporary_folder folder;
    io::write_safetensors(folder / "net.safetensors", nn::to_pytorch(resnet, modules));
    const auto again = io::read_safetensors(folder / "net.safetensors");
    CHECK(again.tensors == tensors.tensors);
    auto other = small_norm_resnet<float>();
    nn::load_pytorch(other, again);
    CHECK(other.state() == resnet.state());
}

TEST_CASE("torchvision's names for ResNet-18 are those of its 41 modules with weights") {
    const auto names = nn::torchvision_resnet_modules({2, 2, 2, 2});
    CHECK(names.size() == 41);
    CHECK(names[6] == "layer1.1.conv1");
    CHECK(names[14] == "layer2.0.downsample.0");
    CHECK(names.back() == "fc");
}

TEST_CASE("weights that are not the network's are refused by name and shape, and change nothing") {
    auto net = small_cnn<float>();
    const auto saved = io::read_safetensors(stored("cnn.safetensors"));
    nn::load_pytorch(net, saved);
    const auto before = net.state();
    const auto refused = [&](const std::string& part, const std::function<void(io::stored_tensors&)>& change) {
        auto changed = saved;
        change(changed);
        const auto message = test::message_of<argument_error>([&] { nn::load_pytorch(net, changed); });
        CHECK(net.state() == before);
        return test::says(message, part);
    };
    CHECK(refused("5.weight is F32 [36, 5], must be [5, 36], for linear 6",
                  [](auto& all) { all.tensors["5.weight"].shape = {36, 5}; }));
    CHECK(refused("0.bias is missing, must be [3], for conv2d 1", [](auto& all) { all.tensors.erase("0.bias"); }));
    CHECK(refused("a tensor that no layer takes is 7.bias", [](auto& all) { all.tensors["7.bias"] = {}; }));
    CHECK(refused("number of modules is 2", [](auto& all) { all.metadata["order"] = "0.weight 5.weight 5.bias"; }));
    CHECK(refused("no metadata \"order\"", [](auto& all) { all.metadata.clear(); }));
    CHECK(refused("a number of 0.bias is nan", [](auto& all) {
        all.tensors["0.bias"] = io::stored_tensor::of<float>(
            {3}, lpntk::vector<float>::Constant(3, std::numeric_limits<float>::quiet_NaN()));
    }));
    CHECK(test::says(test::message_of<argument_error>([&] { nn::to_pytorch(net, {"a", "a", "b"}); }), "module is a"));

    const auto flat_block = nn::make_sequential<float>({2, 2, 3}, nn::flatten(), nn::residual(nn::linear(12)));
    CHECK(test::says(test::message_of<argument_error>([&] { nn::pytorch_modules(flat_block); }), "residual block"));
}
