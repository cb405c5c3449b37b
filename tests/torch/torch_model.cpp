#include "support.hpp"

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>
#include <lpntk/model/gradient_check.hpp>

using lpntk::argument_error, lpntk::torch_model, lpntk::torch_options;
using test::parameter, test::parameter_list;

namespace {

using forward_pass = std::function<at::Tensor(at::Tensor)>;

/// The kernel of the provider, at several sizes of a batch, against autograd.
void check_kernel(const std::string& name, const parameter_list& parameters, const forward_pass& forward,
                  const at::Tensor& samples, torch_options how = {.input = at::kDouble}) {
    INFO(name);
    const torch_model<double> net(parameters, forward, samples.slice(0, 0, 2), how);
    const auto expected = test::kernel_by_autograd(parameters, forward, samples);
    const auto inputs = test::as_matrix(samples);
    for (const lpntk::index_t batch : {1, 3, 16}) {
        const auto phi =
            lpntk::tangent_features(net, inputs, std::vector<int>(static_cast<std::size_t>(inputs.rows()), 0),
                                    test::cosines{}, {.batch = batch});
        const auto found = lpntk::gram(phi).dense();
        CHECK((found - expected).cwiseAbs().maxCoeff() < 1e-12 * expected.diagonal().maxCoeff());
    }
}

std::string refusal(const parameter_list& parameters, const forward_pass& forward, const at::Tensor& example,
                    torch_options how = {.input = at::kDouble}) {
    return test::message_of<argument_error>([&] { torch_model<double>(parameters, forward, example, how); });
}

at::Tensor images(int64_t channels) { return at::randn({5, channels, 7, 6}, at::kDouble); }

}  // namespace

TEST_CASE("convolutions of every kind, normalisation and operations in place") {
    const auto w = parameter({4, 2, 3, 2}), b = parameter({4}), depthwise = parameter({4, 1, 3, 3});
    const auto grouped = parameter({6, 2, 1, 1}), scale = parameter({6}), shift = parameter({6}),
               head = parameter({3, 6});
    const auto group_scale = parameter({4}), group_shift = parameter({4});
    const auto mean = at::randn({6}, at::kDouble), variance = at::rand({6}, at::kDouble) + 0.5;
    const parameter_list all{
        {"w", w},         {"b", b},       {"depthwise", depthwise},     {"grouped", grouped},        {"scale", scale},
        {"shift", shift}, {"head", head}, {"group_scale", group_scale}, {"group_shift", group_shift}};
    check_kernel(
        "conv2d", all,
        [=](const at::Tensor& x) {
            at::Tensor y = at::conv2d(x, w, b, {2, 1}, {1, 0}, {1, 2});
            y = at::conv2d(at::group_norm(at::relu_(y), 2, group_scale, group_shift), depthwise, {}, {1, 1}, {1, 1},
                           {1, 1}, 4);
            y = at::conv2d(at::tanh(y), grouped, {}, {1, 1}, c10::IntArrayRef({0, 0}), {1, 1}, 2);
            y = at::batch_norm(y, scale, shift, mean, variance, false, 0.1, 1e-5, false);
            y += at::relu(y);
            return at::linear(at::relu_(y).mean({2, 3}), head);
        },
        images(2));
    const auto line = parameter({3, 2, 3}), block = parameter({2, 1, 2, 2, 1}), last = parameter({5, 2});
    check_kernel(
        "conv1d and conv3d", {{"line", line}, {"block", block}, {"last", last}},
        [=](const at::Tensor& x) {
            const at::Tensor y =
                at::conv1d(x.flatten(2), line, {}, c10::IntArrayRef{2}, c10::IntArrayRef{2}, c10::IntArrayRef{3})
                    .mean(2);
            const at::Tensor z = at::conv3d(x.slice(1, 0, 1).unflatten(2, {7, 1}).squeeze(1).unsqueeze(1), block, {},
                                            {1, 1, 1}, {1, 1, 1});
            return at::matmul(at::cat({y, z.tanh().mean({2, 3, 4})}, 1), last);
        },
        images(2));
}

TEST_CASE("attention with tokens first, tables, class tokens, parameters used twice") {
    const int64_t tokens = 4, width = 6;
    const auto table = parameter({9, width}), place = parameter({tokens, width}), token = parameter({1, 1, width});
    const auto scale = parameter({width}), shift = parameter({width}), all_at_once = parameter({3 * width, width});
    const auto bias = parameter({3 * width}), out = parameter({width, width}), gain = parameter({1, 1, width});
    const parameter_list all{{"table", table}, {"place", place}, {"token", token},
                             {"scale", scale}, {"shift", shift}, {"in", all_at_once},
                             {"bias", bias},   {"out", out},     {"gain", gain}};
    const auto forward = [=](const at::Tensor& words) {
        at::Tensor x = at::embedding(table, words) + at::embedding(place, at::arange(tokens, at::kLong));
        x = at::cat({token.expand({x.size(0), -1, -1}), x}, 1);
        const at::Tensor y = at::layer_norm(x, {width}, scale, shift).transpose(0, 1);  // tokens, samples, width
        const auto parts = at::linear(y, all_at_once, bias).chunk(3, -1);
        const at::Tensor weights = at::matmul(parts[0].transpose(0, 1), parts[1].permute({1, 2, 0})).softmax(-1);
        at::Tensor z = at::matmul(weights, parts[2].transpose(0, 1)).transpose(0, 1).reshape({-1, width});
        z = at::linear(at::tanh(at::linear(z, out)), out).reshape({tokens + 1, -1, width}) * gain;
        return at::matmul((x.transpose(0, 1) + z)[0], table.t());  // the table once more
    };
    check_kernel("tokens", all, forward, at::randint(9, {5, tokens}, at::kLong), {.input = at::kLong});
    // As many samples as tokens.
    check_kernel("square", all, forward, at::randint(9, {tokens, tokens}, at::kLong), {.input = at::kLong});
}

TEST_CASE("products, sums and differences with parameters, and what is made of parameters alone") {
    const auto w = parameter({5, 6}), v = parameter({5, 3}), b = parameter({3}), g = parameter({5}),
               s = parameter({1, 3});
    const parameter_list all{{"w", w}, {"v", v}, {"b", b}, {"g", g}, {"s", s}};
    check_kernel(
        "products", all,
        [=](const at::Tensor& x) {
            const at::Tensor normalised = g / g.norm();
            at::Tensor y = at::addmm(b, at::tanh(at::matmul(x, w.t())) * normalised, v, 0.5, 2);
            y = y - s * 3;
            y.sub_(b, 2);
            return y.mul_(s);
        },
        at::randn({5, 6}, at::kDouble));
}

TEST_CASE("a module's weights can be read and set, and its gradients are central differences") {
    const auto w = parameter({4, 3}), k = parameter({3, 2, 2, 2}), b = parameter({4});
    const auto forward = [=](const at::Tensor& x) { return at::linear(at::conv2d(x, k).tanh().mean({2, 3}), w, b); };
    torch_model<double> net({{"k", k}, {"w", w}, {"b", b}}, forward, images(2), {.input = at::kDouble});
    CHECK(net.parameters() == 40);
    CHECK(net.inputs() == 84);
    const lpntk::vector<double> before = net.weights();
    net.set_weights(2 * before);
    CHECK(net.weights() == 2 * before);
    net.set_weights(before);
    const auto report = lpntk::gradient_check(net, test::as_matrix(images(2)).row(0).transpose());
    INFO(report.describe());
    CHECK(report.passed(1e-6));
    CHECK_THROWS_AS(net.set_weights(before.head(3)), argument_error);
}

TEST_CASE("what would be silently wrong is refused by name") {
    const auto w = parameter({3, 4}), scale = parameter({4}), k = parameter({4, 4});
    const auto x = at::randn({3, 4}, at::kDouble);
    const auto linear = [=](const at::Tensor& input) { return at::linear(input, w); };
    CHECK(refusal({{"w", w}}, linear, x).empty());
    CHECK(test::says(refusal({{"w", w}}, linear, x.slice(0, 0, 1)), "number of samples in the example is 1"));
    CHECK(test::says(refusal({{"w", w.detach()}}, linear, x), "number of parameters that require a gradient is 0"));
    CHECK(test::says(refusal(
                         {{"w", w}}, [=](const at::Tensor& input) { return linear(input - input.mean(0)); }, x),
                     "gradient by w"));
    CHECK(test::says(refusal(
                         {{"w", w}}, [=](const at::Tensor& input) { return linear(input).sum(1); }, x),
                     "shape of the logits is [3]"));
    CHECK(test::says(refusal(
                         {{"w", w}}, [=](const at::Tensor& input) { return linear(at::dropout(input, 0.5, true)); }, x),
                     "dropout in training mode"));
    const auto norm = [=](const at::Tensor& input) {
        return linear(at::batch_norm(input, scale, {}, {}, {}, true, 0.1, 1e-5, false));
    };
    CHECK(test::says(refusal({{"w", w}, {"scale", scale}}, norm, x), "batch_norm in training mode"));
    const auto strange = [=](const at::Tensor& input) { return linear(at::einsum("ni,io->no", {input, k})); };
    CHECK(test::says(refusal({{"w", w}, {"k", k}}, strange, x), "operation of parameter k is aten::einsum"));
    check_kernel("by autograd", {{"w", w}, {"k", k}}, strange, x, {.input = at::kDouble, .fallback = true});
    CHECK(test::says(test::message_of<argument_error>([&] { torch_model<float>({{"w", w}}, linear, x); }),
                     "type of w is Double"));
}
