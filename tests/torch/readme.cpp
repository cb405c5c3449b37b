// README's snippet on TorchScript networks: it must compile as it stands.

#include "support.hpp"

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>

// [torchscript]
#include <lpntk/torch/torchscript.hpp>
// [end]

namespace {

void compute(const lpntk::matrix<float>& images, const std::vector<int>& labels) {
    // [torchscript]
    const auto net = lpntk::load_torchscript<float>("net.pt", at::zeros({2, 3, 32, 32}));   // two samples of your shape
    const auto kappa = lpntk::gram(lpntk::tangent_features(net, images, labels, lpntk::label_signs{}));
    // [end]
    CHECK(kappa.size() == images.rows());
}

}  // namespace

TEST_CASE("README's network comes from a file, which is missing here") {
    CHECK_THROWS_AS(compute({}, {}), lpntk::file_error);
}
