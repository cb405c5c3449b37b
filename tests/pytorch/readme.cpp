// README's snippet on weights from PyTorch: it must compile as it stands.

#include <lpntk/nn/resnet.hpp>
#include <lpntk/pytorch/load_pytorch.hpp>

#include "support/catch.hpp"

// [pytorch]
#include <lpntk/io/safetensors.hpp>   // beside lpntk.hpp; needs nlohmann_json
// [end]

namespace {

namespace nn = lpntk::nn;

void load() {
    // [pytorch]
    auto net = nn::resnet18<float, nn::normalisation::batch>(0);                  // the same layers in the same order
    nn::load_pytorch(net, lpntk::io::read_safetensors("net.safetensors"));
    // [end]
}

}  // namespace

TEST_CASE("README's weights come from a file, which is missing here") {
    CHECK_THROWS_AS(load(), lpntk::file_error);
}
