#include <cmath>

#include <lpntk/nn/zoo.hpp>
#include <lpntk/score/average_ntk_norm.hpp>
#include <lpntk/score/grand.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace nn = lpntk::nn;
namespace score = lpntk::score;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

lpntk::dataset<double> samples(index_t count, index_t inputs, int classes) {
    lpntk::dataset<double> data{models::random_matrix(count, inputs, 11), {}, classes, {1, 1, inputs}};
    for (index_t i = 0; i < count; ++i) data.labels.push_back(static_cast<int>(i % classes));
    return data;
}

/// || J(x)^T (softmax(z) - one-hot(y)) || with the Jacobian written out.
template <class Network>
double gradient_norm(const Network& net, const vector<double>& x, int label) {
    matrix<double> jacobian(net.outputs(), net.parameters());
    net.jacobian(x, jacobian);
    vector<double> z(net.outputs());
    net.logits(x, z);
    vector<double> error = z.array().exp() / z.array().exp().sum();
    error[label] -= 1;
    return (jacobian.transpose() * error).norm();
}

}  // namespace

TEST_CASE("GraNd is the norm of the gradient of the loss") {
    for (const int classes : {1, 2, 4}) {
        const auto net = nn::mlp<double, nn::tanh>({7, 9, classes}, 3);
        const auto data = samples(21, 7, classes);
        const auto found = score::grand{.batch = 4, .threads = 2}(net, data);
        REQUIRE(found.size() == 21);
        for (std::size_t i = 0; i < 21; ++i)
            CHECK(std::abs(found[i] - gradient_norm(net, data.inputs.row(static_cast<index_t>(i)).transpose(),
                                                    data.labels[i])) < 1e-12);
    }
    const auto net = nn::mlp<double>({7, 9, 3}, 3);
    auto data = samples(5, 7, 3);
    data.labels[2] = 3;
    CHECK_THROWS_AS(score::grand{}(net, data), lpntk::argument_error);
    data.labels.pop_back();
    CHECK_THROWS_AS(score::grand{}(net, data), lpntk::argument_error);
}

TEST_CASE("the average NTK norm is the root mean square of the Jacobian's rows, whatever the labels") {
    for (const int classes : {1, 2, 4}) {
        const auto net = nn::mlp<double, nn::tanh>({7, 9, classes}, 3);
        auto data = samples(5, 7, classes);
        data.labels.clear();
        const auto found = score::average_ntk_norm{}(net, data);
        REQUIRE(found.size() == 5);
        matrix<double> jacobian(classes, net.parameters());
        for (index_t i = 0; i < 5; ++i) {
            net.jacobian(data.inputs.row(i).transpose(), jacobian);
            CHECK(std::abs(found[static_cast<std::size_t>(i)] - jacobian.norm() / std::sqrt(classes)) < 1e-12);
        }
    }
}

TEST_CASE("the average NTK norm tells one progress over all its passes") {
    const auto net = nn::mlp<double>({7, 9, 3}, 3);
    std::vector<std::pair<index_t, index_t>> told;
    score::average_ntk_norm{.batch = 2, .threads = 1, .report = [&](index_t done, index_t total) {
                                told.emplace_back(done, total);
                            }}(net, samples(5, 7, 3));
    REQUIRE(told.size() >= 3);
    for (std::size_t i = 0; i < told.size(); ++i) {
        CHECK(told[i].second == told.back().second);
        if (i > 0) CHECK(told[i].first > told[i - 1].first);
    }
    CHECK(told.back().first == told.back().second);
}
