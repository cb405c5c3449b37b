#include "support.hpp"

#include <lpntk/core/require.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>

#include "inspect/torchscript.hpp"

// The program inspect on a network of PyTorch: images of the collection become what the network takes.
namespace {

using inspect::network_pixels;

/// 5 images of 3 x 2 pixels in 3 channels, from 10 (black) to 20 (white) in their files.
examples::images small_images() {
    examples::images images;
    images.scaling.mean = {0.25F, 0.5F, 0.75F};
    images.scaling.deviation = {0.5F, 0.25F, 2.0F};
    images.scaling.range = {10, 20};
    images.train = {lpntk::matrix<float>::Random(5, 18), {0, 1, 2, 3, 0}, 4, {3, 2, 3}};
    return images;
}

/// The images with channels first, brought to what the network takes one number after the other.
at::Tensor as_network_takes(const examples::images& images, network_pixels pixels) {
    at::Tensor x = at::empty({5, 3, 3, 2});
    for (int n = 0; n < 5; ++n)
        for (int c = 0; c < 3; ++c)
            for (int p = 0; p < 6; ++p) {
                const float scaled = images.train.inputs(n, 3 * p + c);
                const float brightness = images.scaling.brightness(scaled, static_cast<std::size_t>(c));
                x[n][c][p / 2][p % 2] = pixels == network_pixels::standard ? scaled
                                        : pixels == network_pixels::unit   ? brightness
                                                                           : 10 + 10 * brightness;
            }
    return x;
}

}  // namespace

TEST_CASE("a TorchScript network sees the images of a collection as it takes them") {
    torch::jit::Module module("net");
    const auto k = at::randn({2, 3, 2, 2}).requires_grad_(), w = at::randn({4, 4}).requires_grad_();
    module.register_parameter("k", k, false);
    module.register_parameter("w", w, false);
    module.define(
        "def forward(self, x):\n    y = torch.conv2d(x, self.k, None, [1, 1], [0, 0])\n"
        "    return torch.linear(torch.tanh(0.1 * y).flatten(1), self.w)\n");
    const test::temporary_folder folder;
    module.save(folder / "net.pt");
    const auto images = small_images();
    for (const auto pixels : {network_pixels::file, network_pixels::unit, network_pixels::standard}) {
        const auto net = inspect::load_torchscript(folder / "net.pt", images, pixels);
        CHECK(net.parameters() == 40);
        const at::Tensor x = as_network_takes(images, pixels);
        const at::Tensor expected = at::linear(at::tanh(0.1 * at::conv2d(x, k)).flatten(1), w);
        CHECK((net.logits(images.train.inputs).cast<double>() - test::as_matrix(expected)).cwiseAbs().maxCoeff() <
              1e-5);
        const auto direct = lpntk::load_torchscript<float>(folder / "net.pt", x);
        const auto kernel = [&](const auto& model, const lpntk::matrix<float>& inputs) {
            return lpntk::gram(lpntk::tangent_features(model, inputs, images.train.labels, lpntk::label_signs{}))
                .dense();
        };
        const lpntk::matrix<float> found = kernel(net, images.train.inputs),
                                   wanted = kernel(direct, test::as_matrix(x).cast<float>());
        CHECK((found - wanted).cwiseAbs().maxCoeff() < 1e-4F * wanted.maxCoeff());
    }

    const auto complaint = [&](const examples::images& of) {
        return test::message_of<lpntk::argument_error>(
            [&] { inspect::load_torchscript(folder / "net.pt", of, network_pixels::unit); });
    };
    auto fewer_classes = images, grey = images;
    fewer_classes.train.classes = 3;
    CHECK(test::says(complaint(fewer_classes), "number of outputs is 4, must be that of the classes, 3"));
    grey.train = {lpntk::matrix<float>::Random(5, 6), {0, 1, 2, 3, 0}, 4, {3, 2, 1}};
    CHECK(test::says(complaint(grey), "cannot take images of 1 x 3 x 2 (channels, height, width)"));
    CHECK_THROWS_AS(inspect::load_torchscript(folder / "none.pt", images, network_pixels::unit), lpntk::file_error);
}
