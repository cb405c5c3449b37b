#include "support.hpp"

#include <algorithm>
#include <regex>

#include <lpntk/io/npy.hpp>
#include <lpntk/io/safetensors.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>
#include <lpntk/nn/resnet.hpp>
#include <lpntk/pytorch/load_pytorch.hpp>

// A residual network with batch normalisation that PyTorch saved (tests/data/make_pytorch.py), by both roads: its
// weights in a network of this library, and the same weights in a TorchScript module.
namespace {

/// The forward pass in TorchScript. NORM(x, convolution, stride, padding, normalisation) is short for a call of norm.
const char* const residual_script = R"(
def norm(self, x, w, s: int, p: int, g, b, m, v):
    return torch.batch_norm(torch.conv2d(x, w, None, [s, s], [p, p]), g, b, m, v, False, 0.1, 1e-5, False)

def forward(self, x):
    x = torch.relu(NORM(x, conv1, 1, 1, bn1))
    y = torch.relu(NORM(x, layer1_0_conv1, 1, 1, layer1_0_bn1))
    x = torch.relu(NORM(y, layer1_0_conv2, 1, 1, layer1_0_bn2) + x)
    y = torch.relu(NORM(x, layer2_0_conv1, 2, 1, layer2_0_bn1))
    z = NORM(x, layer2_0_downsample_0, 2, 0, layer2_0_downsample_1)
    x = torch.relu(NORM(y, layer2_0_conv2, 1, 1, layer2_0_bn2) + z)
    return torch.linear(x.mean([2, 3]), self.fc_weight, self.fc_bias)
)";

torch::jit::Module module_with(const lpntk::io::stored_tensors& tensors) {
    torch::jit::Module module("resnet");
    for (const auto& [name, stored] : tensors.tensors) {
        if (name.ends_with("num_batches_tracked")) continue;
        std::vector<int64_t> shape(stored.shape.begin(), stored.shape.end());
        lpntk::vector<double> numbers = stored.values<double>();
        const at::Tensor tensor = at::from_blob(numbers.data(), shape, at::kDouble).clone();
        std::string attribute = name;
        std::replace(attribute.begin(), attribute.end(), '.', '_');
        if (name.find("running") == std::string::npos)
            module.register_parameter(attribute, tensor.requires_grad_(), false);
        else
            module.register_buffer(attribute, tensor);
    }
    const std::regex norm(R"(NORM\((\w), (\w+), (\d), (\d), (\w+)\))");
    module.define(std::regex_replace(std::string(residual_script), norm,
                                     "self.norm($1, self.$2_weight, $3, $4, self.$5_weight, self.$5_bias, "
                                     "self.$5_running_mean, self.$5_running_var)"));
    return module;
}

}  // namespace

TEST_CASE("one network of PyTorch has one kernel, through load_pytorch and as a TorchScript module") {
    const std::string folder = std::string(LPNTK_TEST_DATA) + "/pytorch/norm_resnet";
    const auto tensors = lpntk::io::read_safetensors(folder + ".safetensors");
    auto own = lpntk::nn::resnet<double, 1, lpntk::nn::normalisation::batch>({8, 8, 2}, {3, 4}, 3, 1);
    lpntk::nn::load_pytorch(own, tensors, lpntk::nn::torchvision_resnet_modules({1, 1}));
    const auto theirs = lpntk::torchscript_model<double>(module_with(tensors), at::randn({2, 2, 8, 8}, at::kDouble),
                                                         {.input = at::kDouble});
    CHECK(theirs.parameters() == own.parameters());

    const auto x = lpntk::io::read_npy<double>(folder + "_x.npy");  // channels last
    const at::Tensor images = at::from_blob(const_cast<double*>(x.data()), {x.rows(), 8, 8, 2}, at::kDouble);
    const auto turned = test::as_matrix(images.permute({0, 3, 1, 2}));
    CHECK((theirs.logits(turned) - own.logits(x)).cwiseAbs().maxCoeff() < 1e-12);
    const std::vector<int> labels{0, 1, 2, 0};
    const auto kernel = [&](const auto& net, const lpntk::matrix<double>& inputs) {
        return lpntk::gram(lpntk::tangent_features(net, inputs, labels, lpntk::label_signs{})).dense();
    };
    const lpntk::matrix<double> expected = kernel(own, x), found = kernel(theirs, turned);
    CHECK((found - expected).cwiseAbs().maxCoeff() < 1e-12 * expected.diagonal().maxCoeff());
}
