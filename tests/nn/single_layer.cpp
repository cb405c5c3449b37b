#include <lpntk/model/gradient_check.hpp>
#include <lpntk/nn/initialise.hpp>
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/layers/linear.hpp>
#include <lpntk/nn/network.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

TEST_CASE("a layer alone is a network, whatever it takes at once") {
    const matrix<double> x = test::random_rows<double>(70, 50, 3);
    auto linear = nn::network<double, nn::linear>({5, 5, 2}, nn::linear(4));
    auto convolution = nn::network<double, nn::conv2d>({5, 5, 2}, nn::conv2d({.outputs = 3}));
    nn::initialise(linear, nn::initialisation::ntk, 1);
    nn::initialise(convolution, nn::initialisation::ntk, 1);
    const auto check = [&](const auto& net) {
        const auto report = lpntk::gradient_check(net, x.row(0).transpose());
        INFO(report.describe());
        CHECK(report.passed(1e-6));
        vector<double> z(net.outputs());
        net.logits(x.row(66).transpose(), z);
        CHECK(net.logits(x).row(66) == z.transpose());
    };
    check(linear);
    check(convolution);
}

TEST_CASE("gradients of another size than the network's are refused") {
    const nn::network<double, nn::linear> net({1, 1, 5}, nn::linear(4));
    const vector<double> x = vector<double>::Zero(net.inputs()), u = vector<double>::Zero(net.outputs());
    const auto complaint = [&](const auto& call) { return test::message_of<lpntk::argument_error>(call); };
    const std::string p = std::to_string(net.parameters()), k = std::to_string(net.outputs());
    vector<double> g(3);
    CHECK(complaint([&] { net.pullback(x, u, g); }) == "network::pullback: length of g is 3, must be " + p);
    for (const index_t rows : {net.outputs() + 1, net.outputs() - 1}) {
        matrix<double> jacobian(rows, net.parameters());
        CHECK(complaint([&] { net.jacobian(x, jacobian); }) == "network::jacobian: size of the result is " +
                                                                   std::to_string(rows) + " x " + p + ", must be " + k +
                                                                   " x " + p);
    }
}
