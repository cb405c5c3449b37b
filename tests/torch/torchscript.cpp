#include "support.hpp"

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>

TEST_CASE("a TorchScript file gives the kernel of its module") {
    torch::jit::Module module("net");
    const auto w = test::parameter({5, 4}), v = test::parameter({3, 5});
    module.register_attribute("training", c10::BoolType::get(), true);
    module.register_parameter("w", w, false);
    module.register_parameter("v", v, false);
    module.define(
        "def forward(self, x):\n    y = torch.relu(torch.linear(x, self.w))\n    return torch.linear(y, self.v)\n");
    module.eval();
    const test::temporary_folder folder;
    const std::string file = folder / "net.pt";
    module.save(file);

    const auto x = at::randn({6, 4}, at::kDouble);
    const auto net = lpntk::load_torchscript<double>(file, x, {.input = at::kDouble});
    CHECK(net.part_layouts().size() == 2);
    const auto phi = lpntk::tangent_features(net, test::as_matrix(x), std::vector<int>(6, 0), test::cosines{});
    const auto expected = test::kernel_by_autograd(
        {{"w", w}, {"v", v}}, [&](const at::Tensor& input) { return at::linear(at::relu(at::linear(input, w)), v); },
        x);
    CHECK((lpntk::gram(phi).dense() - expected).cwiseAbs().maxCoeff() < 1e-12 * expected.diagonal().maxCoeff());

    CHECK_FALSE(net.serial());
    CHECK(net.logits(test::as_matrix(x)).isApprox(test::as_matrix(at::linear(at::relu(at::linear(x, w)), v)), 1e-14));

    module.train();
    CHECK(test::says(test::message_of<lpntk::argument_error>([&] { lpntk::torchscript_model<double>(module, x); }),
                     "mode of the module is training"));
    test::write_bytes(folder / "broken.pt", {1, 2, 3});
    for (const char* name : {"broken.pt", "missing.pt"})
        CHECK(
            test::says(test::message_of<lpntk::file_error>([&] { lpntk::load_torchscript<double>(folder / name, x); }),
                       "is no TorchScript module"));
}

TEST_CASE("a module that changes itself is called by one thread, any other by all") {
    const auto x = at::randn({40, 4}, at::kDouble);
    for (const auto& [body, serial] :
         {std::pair{"    y = torch.relu_(torch.linear(x, self.w))\n", false},
          std::pair{"    self.seen[0].add_(1)\n    y = torch.linear(x, self.w)\n", true},
          std::pair{"    y = torch.linear(x, self.w)\n    self.seen = self.seen + 1\n", true}}) {
        INFO(body);
        torch::jit::Module module("net");
        module.register_parameter("w", test::parameter({3, 4}), false);
        module.register_buffer("seen", at::zeros({2}, at::kDouble));
        module.define(std::string("def forward(self, x):\n") + body + "    return y\n");
        const auto net = lpntk::torchscript_model<double>(module, x, {.input = at::kDouble});
        CHECK(net.serial() == serial);
        const auto kernel = [&](int threads) {
            return lpntk::gram(lpntk::tangent_features(net, test::as_matrix(x), std::vector<int>(40, 0),
                                                       test::cosines{}, {.batch = 4, .threads = threads}))
                .dense();
        };
        CHECK(kernel(1) == kernel(4));
    }
}
