#include <lpntk/nn/resnet.hpp>

#include <algorithm>
#include <vector>

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>
#include <lpntk/model/gradient_check.hpp>
#include <lpntk/nn/train.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t;

namespace {

/// Blocks of both kinds, small enough for central differences: 8 x 8 images in two colours.
template <class T>
auto small_resnet(std::uint64_t seed) {
    return nn::resnet<T, 2>({8, 8, 2}, {3, 4}, 3, seed);
}

}  // namespace

TEST_CASE("ResNet-18 has the weights of the published code in 21 parts") {
    const auto net = nn::resnet18<float>(1);
    CHECK(net.parameters() == 11'169'162);
    CHECK(net.part_layouts().size() == 21);
    CHECK(net.inputs() == 3072);
    CHECK(net.outputs() == 10);
    const auto& parts = net.part_layouts();
    const auto positions = [&](std::size_t part) { return parts[part].positions; };
    CHECK(positions(0) == 1024);  // the stem
    CHECK(positions(4) == 1024);  // the end of the first stage
    CHECK(positions(5) == 256);   // where the second begins
    CHECK(positions(19) == 16);   // the end of the fourth
    CHECK(std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.bias; }));
}

TEST_CASE("ResNet-18 with batch normalisation has PyTorch's weights, and its running statistics beside them") {
    const auto net = nn::resnet18<float, nn::normalisation::batch>(1);
    CHECK(net.parameters() == 11'173'962);
    CHECK(net.part_layouts().size() == 41);
    CHECK(net.statistics().size() == 9600);  // a mean and a variance for each of 4,800 channels
    CHECK(net.state().size() == 11'183'562);
    const auto& parts = net.part_layouts();
    CHECK(std::count_if(parts.begin(), parts.end(), [](const auto& part) { return part.bias; }) == 1);
}

TEST_CASE("a small ResNet agrees with central differences at all levels") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto net = small_resnet<double>(seed);
        const auto report = lpntk::gradient_check(net, test::random_rows<double>(1, 128, seed).row(0).transpose());
        INFO(report.describe());
        CHECK(report.passed(1e-4));  // a step may cross a kink of ReLU
    }
}

TEST_CASE("the last convolution of each block of a ResNet is drawn smaller, so that depth does not add up") {
    const auto deep = nn::resnet<double, 12>({8, 8, 2}, {16}, 3, 1);
    index_t first = 0;
    std::vector<double> deviations;
    for (const auto& part : deep.part_layouts()) {
        const index_t drawn = part.parameters() - part.outputs;
        deviations.push_back(deep.weights().segment(first, drawn).norm() / std::sqrt(static_cast<double>(drawn)));
        first += part.parameters();
    }
    const double he = std::sqrt(2.0 / (9 * 16));
    for (std::size_t block = 0; block < 12; ++block) {
        CHECK(std::abs(deviations[1 + 2 * block] / he - 1) < 0.1);
        CHECK(std::abs(deviations[2 + 2 * block] / he * std::sqrt(12.0) - 1) < 0.1);
    }
    CHECK(std::abs(deviations.back() / std::sqrt(2.0 / 16) - 1) < 0.4);
}

TEST_CASE("a small ResNet learns, and the features of float are those of double") {
    auto data = lpntk::dataset<float>{test::random_rows<float>(24, 128, 5), {}, 3, {8, 8, 2}};
    for (index_t i = 0; i < data.size(); ++i) data.labels.push_back(static_cast<int>(i % 3));
    const lpntk::matrix<float> patterns = test::random_rows<float>(3, 128, 6);
    for (index_t i = 0; i < data.size(); ++i) data.inputs.row(i) += 3 * patterns.row(i % 3);
    auto net = small_resnet<float>(2);
    nn::train(net, data, {.epochs = 60, .learning_rate = 0.02F, .batch = 8});
    CHECK(nn::accuracy(net, data) == 1.0);

    auto exact = small_resnet<double>(2);
    exact.set_weights(net.weights().cast<double>());
    const lpntk::matrix<double> inputs = data.inputs.cast<double>();
    const auto kappa = lpntk::gram(lpntk::tangent_features(net, data, lpntk::label_signs{})).dense();
    const auto reference =
        lpntk::gram(lpntk::tangent_features(exact, inputs, data.labels, lpntk::label_signs{})).dense();
    CHECK((kappa.cast<double>() - reference).cwiseAbs().maxCoeff() < 1e-5 * reference.diagonal().maxCoeff());
}
