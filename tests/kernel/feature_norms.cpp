#include <lpntk/kernel/feature_norms.hpp>

#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

/// Norms by forming each feature with a pullback.
template <class Model, class Cotangent>
vector<double> formed_norms(const Model& model, const matrix<double>& inputs, const std::vector<int>& labels,
                            const Cotangent& cotangent) {
    vector<double> norms(inputs.rows()), z(model.outputs()), u(model.outputs()), phi(model.parameters());
    for (index_t i = 0; i < norms.size(); ++i) {
        const vector<double> x = inputs.row(i).transpose();
        model.logits(x, z);
        lpntk::apply_cotangent<double>(cotangent, z, labels[static_cast<std::size_t>(i)], u);
        model.pullback(x, u, phi);
        norms[i] = phi.norm();
    }
    return norms;
}

}  // namespace

TEST_CASE("feature norms are those of the formed features, whatever the layers' forms") {
    // Few positions and many channels leave the first convolution as positions; the second is formed.
    auto net = nn::make_sequential<double>({6, 6, 1}, nn::conv2d({.outputs = 24, .kernel = 5}), nn::tanh(),
                                           nn::conv2d({.outputs = 2, .kernel = 1}), nn::relu(), nn::flatten(), nn::linear(5));
    nn::initialise(net, nn::initialisation::ntk, 1);
    const matrix<double> inputs = models::random_matrix(21, 36, 3);
    std::vector<int> labels;
    for (int i = 0; i < 21; ++i) labels.push_back(i % 5);
    const auto check = [&](const auto& cotangent) {
        const auto norms = lpntk::feature_norms(net, lpntk::matrix_view<double>(inputs), labels, cotangent, {.batch = 4});
        const auto expected = formed_norms(net, inputs, labels, cotangent);
        CHECK((norms - expected).cwiseAbs().maxCoeff() <= 1e-12 * expected.maxCoeff());
    };
    check(lpntk::loss_gradient{});
    check(lpntk::label_signs{});
    check(lpntk::all_ones{});
}

TEST_CASE("feature norms need no labels where the cotangent needs none, and no more than a pullback") {
    const models::only_pullback model(4, 3, 5, 1);
    const matrix<double> inputs = models::random_matrix(9, 4, 3);
    const auto norms = lpntk::feature_norms(model, lpntk::matrix_view<double>(inputs), {}, lpntk::all_ones{});
    vector<double> u = vector<double>::Constant(5, 1 / std::sqrt(5.0)), phi(model.parameters());
    for (index_t i = 0; i < 9; ++i) {
        model.pullback(inputs.row(i).transpose(), u, phi);
        CHECK(std::abs(norms[i] - phi.norm()) < 1e-12);
    }
}

TEST_CASE("feature norms have the same bits for any threads, and refuse bad arguments") {
    const auto net = nn::mlp<float>({6, 9, 3}, 2);
    matrix<float> inputs = models::random_matrix(50, 6, 1).cast<float>();
    std::vector<int> labels(50, 1);
    const auto with = [&](int threads) {
        return lpntk::feature_norms(net, lpntk::matrix_view<float>(inputs), labels, lpntk::loss_gradient{}, {.threads = threads});
    };
    for (const int threads : {2, 3, 8}) CHECK(with(threads) == with(1));
    labels[3] = 3;
    CHECK_THROWS_AS(with(1), lpntk::argument_error);
    labels.pop_back();
    CHECK_THROWS_AS(with(1), lpntk::argument_error);
    labels.assign(50, 0);
    inputs(7, 2) = std::nanf("");
    CHECK_THROWS_AS(with(1), lpntk::numeric_error);
}
