#include <lpntk/dynamics/interaction.hpp>

#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

lpntk::dataset<double> random_batch(index_t samples, index_t inputs, int classes, std::uint64_t seed) {
    lpntk::dataset<double> data{models::random_matrix(samples, inputs, seed), {}, classes, {1, 1, inputs}};
    for (index_t i = 0; i < samples; ++i) data.labels.push_back(static_cast<int>(i) % classes);
    return data;
}

auto smooth_network() {
    return lpntk::nn::mlp<double, lpntk::nn::tanh>({4, 7, 3}, 5, lpntk::nn::initialisation::lecun);
}

/// eta A(o) K(o,u) (p - q), averaged over the batch, with every K x K block written out.
template <class Model>
matrix<double> brute_force(const Model& model, const lpntk::dataset<double>& batch, const matrix<double>& observed,
                           double rate) {
    const index_t classes = model.outputs();
    const auto jacobian = [&](const matrix<double>& rows, index_t n) {
        matrix<double> j(classes, model.parameters());
        model.jacobian(rows.row(n).transpose(), j);
        return j;
    };
    const auto prediction = [&](const matrix<double>& rows, index_t n) {
        vector<double> z(classes);
        model.logits(rows.row(n).transpose(), z);
        return vector<double>(z.array().exp() / z.array().exp().sum());
    };
    matrix<double> change = matrix<double>::Zero(observed.rows(), classes);
    for (index_t o = 0; o < observed.rows(); ++o) {
        const vector<double> q = prediction(observed, o);
        const matrix<double> a = matrix<double>(q.asDiagonal()) - q * q.transpose();
        for (index_t u = 0; u < batch.size(); ++u) {
            vector<double> error = -prediction(batch.inputs, u);
            error[batch.labels[static_cast<std::size_t>(u)]] += 1;
            const matrix<double> block = jacobian(observed, o) * jacobian(batch.inputs, u).transpose();
            change.row(o) += rate / static_cast<double>(batch.size()) * (a * block * error).transpose();
        }
    }
    return change;
}

template <class Model>
void check_against_blocks(const Model& model) {
    const auto batch = random_batch(5, 4, 3, 1);
    const matrix<double> observed = models::random_matrix(6, 4, 2);
    const auto predicted = lpntk::predict_step(model, batch, observed, 0.3);
    const matrix<double> expected = brute_force(model, batch, observed, 0.3);
    CHECK((predicted.change - expected).cwiseAbs().maxCoeff() <= 1e-13 * (1 + expected.cwiseAbs().maxCoeff()));
    CHECK(predicted.change.rowwise().sum().cwiseAbs().maxCoeff() < 1e-14);
    CHECK((predicted.before.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-14);
}

/// A network of nn/ that shows only its Jacobian and its logits.
struct only_jacobian {
    using scalar = double;
    decltype(smooth_network()) net = smooth_network();
    index_t outputs() const { return net.outputs(); }
    index_t parameters() const { return net.parameters(); }
    void logits(lpntk::vector_view<double> x, lpntk::vector_span<double> z) const { net.logits(x, z); }
    void jacobian(lpntk::vector_view<double> x, lpntk::matrix_span<double> j) const { net.jacobian(x, j); }
};

/// A model with parts of its own that is no network of nn/.
using all_levels = models::all_levels;

}  // namespace

TEST_CASE("the predicted change is A K (p - q) with the blocks written out") {
    check_against_blocks(smooth_network());  // backward pass and forward-mode pass
    check_against_blocks(only_jacobian{});   // by its Jacobian
    check_against_blocks(all_levels(4, 5, 3, 1));
}

TEST_CASE("the predicted change differs from the true one by O(eta^2)") {
    const auto batch = random_batch(5, 4, 3, 1);
    const matrix<double> observed = models::random_matrix(6, 4, 2);
    const auto net = smooth_network();
    const vector<double> g = lpntk::descent_direction(net, batch);
    const auto error = [&](double rate) {
        auto moved = net;
        moved.mutable_weights() += rate * g;
        const auto predicted = lpntk::predict_change<decltype(moved)>(net, observed, g, rate);
        matrix<double> after = moved.logits(observed);
        for (index_t n = 0; n < after.rows(); ++n)
            after.row(n) = lpntk::softmax<double>(after.row(n).transpose()).transpose();
        return (after - predicted.before - predicted.change).norm();
    };
    for (const double rate : {1e-1, 1e-2, 1e-3}) {
        const double slope = std::log(error(rate) / error(rate / 4)) / std::log(4.0);
        INFO("rate " << rate << ", slope " << slope);
        CHECK(std::abs(slope - 2) < 0.1);
    }
}

TEST_CASE("predictions have the same bits for any number of threads") {
    const auto batch = random_batch(40, 4, 3, 1);
    const matrix<double> observed = models::random_matrix(50, 4, 2);
    const auto net = smooth_network();
    const auto one = lpntk::predict_step(net, batch, observed, 0.1, 1);
    for (const int threads : {2, 3, 8})
        CHECK(lpntk::predict_step(net, batch, observed, 0.1, threads).change == one.change);
    CHECK_THROWS_AS((lpntk::pushforward(only_jacobian{}, observed, vector<double>(3))), lpntk::argument_error);
}
