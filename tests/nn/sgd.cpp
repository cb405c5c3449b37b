#include <lpntk/nn/sgd.hpp>

#include <lpntk/model/losses.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

template <class T>
double sgd_error(const std::string& name, nn::sgd<T> optimiser) {
    const auto gradients = test::golden<T>("sgd/gradients");
    const auto expected = test::read_golden("sgd/" + name);
    vector<T> w = test::golden_row<T>("sgd/start");
    matrix<T> found(gradients.rows(), w.size());
    for (index_t step = 0; step < gradients.rows(); ++step) {
        optimiser.step(w, gradients.row(step).transpose(), T(1));
        found.row(step) = w.transpose();
    }
    return test::worst_difference(found, expected);
}

template <class T>
void check_cross_entropy(double tolerance) {
    const auto logits = test::golden<T>("sgd/cross_entropy_logits");
    const auto labels = test::golden_labels("sgd/cross_entropy_labels");
    const auto loss = test::read_golden("sgd/cross_entropy_loss");
    const auto gradient = test::read_golden("sgd/cross_entropy_gradient");
    const auto smoothed_loss = test::read_golden("sgd/cross_entropy_smoothed_loss");
    const auto smoothed_gradient = test::read_golden("sgd/cross_entropy_smoothed_gradient");
    for (index_t i = 0; i < logits.rows(); ++i) {
        const vector<T> z = logits.row(i).transpose();
        const int label = labels[static_cast<std::size_t>(i)];
        CHECK(std::abs(lpntk::cross_entropy<T>(z, label) - loss(i, 0)) <= tolerance * (1 + std::abs(loss(i, 0))));
        vector<double> error = lpntk::softmax<T>(z).template cast<double>();
        error[label] -= 1;
        CHECK((error - gradient.row(i).transpose()).cwiseAbs().maxCoeff() <= tolerance);
        CHECK(std::abs(lpntk::error_norm<T>(z, label) - gradient.row(i).norm()) <= 2 * tolerance);
        vector<T> smoothed(z.size());
        const T found = lpntk::cross_entropy<T>(z, label, smoothed, T(0.1));
        CHECK(std::abs(found - smoothed_loss(i, 0)) <= tolerance * (1 + std::abs(smoothed_loss(i, 0))));
        CHECK((smoothed.template cast<double>() - smoothed_gradient.row(i).transpose()).cwiseAbs().maxCoeff() <=
              tolerance);
    }
}

}  // namespace

TEST_CASE("steps are those of torch.optim.SGD") {
    CHECK(sgd_error<double>("plain", {.learning_rate = 0.1, .velocity = {}}) < 1e-15);
    CHECK(sgd_error<double>("momentum", {.learning_rate = 0.1, .momentum = 0.9, .velocity = {}}) < 1e-15);
    CHECK(sgd_error<double>("decay", {.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.01, .velocity = {}}) <
          1e-15);
    CHECK(sgd_error<float>("decay", {.learning_rate = 0.05F, .momentum = 0.9F, .weight_decay = 0.01F, .velocity = {}}) <
          1e-6);
}

TEST_CASE("a step scales its rate by the factor, not the velocity") {
    vector<double> w = vector<double>::Zero(3), g = vector<double>::Ones(3);
    nn::sgd<double> optimiser{.learning_rate = 0.1, .momentum = 0.5, .velocity = {}};
    optimiser.step(w, g, 0.0);
    CHECK(w.isZero(0));
    optimiser.step(w, g, 2.0);
    CHECK((w.array() + 0.1 * 2 * 1.5).abs().maxCoeff() < 1e-15);
    CHECK_THROWS_AS(optimiser.step(w, g.head(2), 1.0), lpntk::argument_error);
}

TEST_CASE("long steps have the same bits for any number of threads") {
    const index_t size = 3 * 65536 + 17;
    const vector<float> g = test::random_rows<float>(1, size, 1).row(0).transpose();
    const auto after = [&](int threads) {
        vector<float> w = test::random_rows<float>(1, size, 2).row(0).transpose();
        nn::sgd<float> optimiser{.momentum = 0.9F, .weight_decay = 0.1F, .velocity = {}};
        for (int step = 0; step < 2; ++step) optimiser.step(w, g, 1.0F, threads);
        return w;
    };
    const vector<float> one = after(1);
    for (const int threads : {2, 3, 8}) CHECK(after(threads) == one);
}

TEST_CASE("cross-entropy and its gradient are PyTorch's, at logits in the thousands and with smoothed labels too") {
    check_cross_entropy<double>(1e-14);
    check_cross_entropy<float>(1e-6);
    const vector<float> far = (vector<float>(2) << 1e30F, -1e30F).finished();
    CHECK(lpntk::cross_entropy<float>(far, 0) == 0);
    CHECK(lpntk::cross_entropy<float>(far, 1) == 2e30F);
    CHECK(lpntk::predicted_class<float>(vector<float>::Zero(3)) == 0);
}

TEST_CASE("losses refuse labels that have no logit") {
    const vector<double> z = vector<double>::LinSpaced(4, -1, 2);
    vector<double> error(4);
    for (const int label : {-1, 4}) {
        CHECK_THROWS_AS(lpntk::cross_entropy<double>(z, label), lpntk::argument_error);
        CHECK_THROWS_AS(lpntk::cross_entropy<double>(z, label, error), lpntk::argument_error);
        CHECK_THROWS_AS(lpntk::error_norm<double>(z, label), lpntk::argument_error);
    }
    CHECK_THROWS_AS(lpntk::cross_entropy<double>(z, 0, error.head(3)), lpntk::argument_error);
    CHECK(std::abs(lpntk::cross_entropy<double>(z, 3, error) - lpntk::cross_entropy<double>(z, 3)) < 1e-15);
    CHECK(std::abs(error.norm() - lpntk::error_norm<double>(z, 3)) < 1e-15);
    CHECK(error[3] < 0);
}
