#include <lpntk/nn/trainable.hpp>

#include <lpntk/kernel/feature_norms.hpp>
#include <lpntk/kernel/gram_by_class.hpp>
#include <lpntk/kernel/model_gram.hpp>
#include <lpntk/nn/initialise.hpp>
#include <lpntk/nn/layers/dropout.hpp>
#include <lpntk/nn/resnet.hpp>
#include <lpntk/nn/train_best.hpp>
#include <lpntk/nn/zoo.hpp>
#include <lpntk/score/el2n.hpp>

#include "support/catch.hpp"
#include "support/golden_networks.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::dataset, lpntk::index_t, lpntk::matrix, lpntk::matrix_span, lpntk::matrix_view, lpntk::vector,
    lpntk::vector_span, lpntk::vector_view;

namespace {

static_assert(nn::trainable<nn::archetype::trainable<float>> && nn::trainable<nn::archetype::trainable<double>>);
static_assert(nn::trainable<decltype(test::golden_resnet<float>())> && !nn::trainable<int>);

using whole = nn::archetype::trainable<double>;
struct no_scalar : whole {
    using scalar = void;
};
struct no_weights : whole {
    void weights() const;
};
struct no_change : whole {
    void mutable_weights();
};
struct no_set : whole {
    void set_weights();
};
struct no_logits : whole {
    void logits(vector_view<double>, vector_span<double>) const;
};
struct no_buffers : whole {
    struct sum_workspace {
        explicit sum_workspace(int);
    };
};
struct no_sum : whole {
    void summed_pullback() const;
};
static_assert(!nn::trainable<no_scalar>);
static_assert(!nn::holds_weights<no_weights> && !nn::holds_weights<no_change> && !nn::holds_weights<no_set>);
static_assert(lpntk::has_batched_logits<no_weights> && !lpntk::has_batched_logits<no_logits> &&
              !nn::trainable<no_logits>);
static_assert(nn::holds_weights<no_sum> && !nn::sums_pullbacks<no_sum> && !nn::sums_pullbacks<no_buffers>);

/// Softmax regression without bias, by hand: a trainable model that is no network.
struct regression {
    using scalar = double;
    struct sum_workspace {
        matrix<double> z, u;
    };
    index_t classes;
    vector<double> w;  // K x D

    auto matrix_of_weights() const { return Eigen::Map<const matrix<double>>(w.data(), classes, w.size() / classes); }
    index_t outputs() const { return classes; }
    index_t parameters() const { return w.size(); }
    const vector<double>& weights() const { return w; }
    vector_span<double> mutable_weights() { return w; }
    void set_weights(vector_view<double> values) { w = values; }
    matrix<double> logits(matrix_view<double> x, int) const { return x * matrix_of_weights().transpose(); }

    template <class Fill>
    void summed_pullback(sum_workspace& s, matrix_view<double> x, Fill&& fill, vector_span<double> g, int,
                         std::optional<std::uint64_t>) const {
        s.z = logits(x, 1);
        s.u.resize(x.rows(), classes);
        fill(0, matrix_view<double>(s.z), matrix_span<double>(s.u));
        Eigen::Map<matrix<double>>(g.data(), classes, x.cols()) = s.u.transpose() * x;
    }
};
static_assert(nn::trainable<regression>);

dataset<double> points(index_t samples) {
    dataset<double> data{test::random_rows<double>(samples, 6, 3), {}, 3, {1, 1, 6}};
    for (index_t i = 0; i < samples; ++i) {
        data.labels.push_back(static_cast<int>(i % 3));
        data.inputs(i, i % 3) += 3;
    }
    return data;
}

/// u of sample n is row n of `all`.
auto rows_of(const matrix<double>& all) {
    return [&](index_t first, const matrix_view<double>& z, matrix_span<double> u) {
        u = all.middleRows(first, z.rows()) + z;
    };
}

template <class Network>
void check_sum(const Network& net) {
    for (const index_t samples : {1, 16, 19, 70}) {
        const matrix<double> x = test::random_rows<double>(samples, net.inputs(), 1);
        const matrix<double> all = test::random_rows<double>(samples, net.outputs(), 2), z = net.logits(x);
        vector<double> expected = vector<double>::Zero(net.parameters()), g(net.parameters()), one(net.parameters());
        for (index_t n = 0; n < samples; ++n) {
            net.pullback(x.row(n).transpose(), (all + z).row(n).transpose(), g);
            expected += g;
        }
        net.summed_pullback(x, rows_of(all), one, 1);
        CHECK(test::worst_difference(one, expected) < 1e-13);
        for (const int threads : {2, 3, 8}) {
            net.summed_pullback(x, rows_of(all), g, threads);
            CHECK(g == one);
        }
    }
}

}  // namespace

TEST_CASE("a user's own model trains as the network that it is") {
    const auto data = points(90);
    auto net = nn::make_sequential<double>({1, 1, 6}, nn::linear({.outputs = 3, .bias = false}));
    nn::initialise(net, nn::initialisation::lecun, 1);
    const auto as_own = [&](const vector<double>& w) -> matrix<double> {  // K x D of the network's D x K
        return Eigen::Map<const matrix<double>>(w.data(), 6, 3).transpose();
    };
    regression own{3, vector<double>(18)};
    Eigen::Map<matrix<double>>(own.w.data(), 3, 6) = as_own(net.weights());
    nn::train(net, data, {.epochs = 3, .batch = 20, .seed = 4});
    nn::train(own, data, {.epochs = 3, .batch = 20, .seed = 4});
    CHECK(test::worst_difference(own.matrix_of_weights(), as_own(net.weights())) < 1e-12);
    CHECK(nn::accuracy(own, data) > 0.9);
    CHECK(nn::train_best(own, data, data, {.epochs = 2}).validation_accuracy == nn::accuracy(own, data));
}

TEST_CASE("a sum of pullbacks is their sum, at any size, with the same bits for any number of threads") {
    check_sum(test::golden_cnn<double>());
    check_sum(test::golden_resnet<double>());
    const auto none = nn::make_sequential<double>({2, 2, 3}, nn::tanh(), nn::global_average_pool());
    vector<double> nothing(0);
    none.summed_pullback(matrix<double>::Ones(5, 12), rows_of(matrix<double>::Ones(5, 3)), nothing);
    vector<double> g = vector<double>::Ones(4);
    const auto net = nn::make_sequential<double>({1, 1, 1}, nn::linear(2));
    net.summed_pullback(matrix<double>(0, 1), rows_of(matrix<double>(0, 2)), g);
    CHECK(g == vector<double>::Zero(4));
    const auto wrong = [&] { net.summed_pullback(matrix<double>(0, 1), rows_of(matrix<double>(0, 2)), g.head(3)); };
    CHECK(test::says(test::message_of<lpntk::argument_error>(wrong),
                     "network::summed_pullback: length of g is 3, must be 4"));
}

TEST_CASE("blocks train repeatably, with dropout in them, for any number of threads") {
    const auto run = [](int threads) {
        auto net = nn::make_sequential<double>({1, 1, 6},
                                               nn::residual(nn::chain(nn::dropout(0.25), nn::linear(9), nn::relu(),
                                                                      nn::linear({.outputs = 6, .bias = false}))),
                                               nn::residual(nn::dropout(0.5), nn::linear(6)), nn::linear(3));
        nn::initialise(net, nn::initialisation::he, 1);
        nn::train(net, points(50), {.epochs = 2, .batch = 40, .seed = 5, .threads = threads});
        return net.weights();
    };
    const vector<double> one = run(1);
    for (const int threads : {2, 3, 8}) CHECK(run(threads) == one);
}

TEST_CASE("images of another shape than the network's are refused, numbers without a shape are taken") {
    auto net = nn::resnet<float, 1, nn::normalisation::batch>({6, 10, 3}, {4, 6}, 3, 1);
    lpntk::dataset<float> data{matrix<float>::Random(6, 180), {0, 1, 2, 0, 1, 2}, 3, {10, 6, 3}};
    const std::string refusal = "shape of the samples is 10 x 6 x 3, must be that of the model's input, 6 x 10 x 3";
    const auto says = [&](const auto& call, const std::string& function) {
        CHECK(test::message_of<lpntk::argument_error>(call) == function + ": " + refusal);
    };
    says([&] { nn::train(net, data, {.epochs = 1}); }, "train");
    says([&] { nn::accuracy(net, data); }, "accuracy");
    says([&] { lpntk::tangent_features(net, data, lpntk::label_signs{}); }, "tangent_features");
    says([&] { lpntk::gram(net, data, lpntk::label_signs{}); }, "gram");
    says([&] { lpntk::gram_by_class(net, data, lpntk::label_signs{}); }, "gram_by_class");
    says([&] { lpntk::feature_norms(net, data, lpntk::label_signs{}); }, "feature_norms");
    says([&] { lpntk::score::el2n{}(net, data); }, "score::el2n");
    data.shape = {1, 1, 180};
    CHECK_NOTHROW(nn::accuracy(net, data));
    data.shape = {6, 10, 3};
    CHECK_NOTHROW(nn::train(net, data, {.epochs = 1}));
}

TEST_CASE("a network that has come to nothing has no accuracy") {
    auto net = nn::mlp<float>({4, 3}, 1);
    lpntk::dataset<float> data{matrix<float>::Ones(2, 4), {0, 1}, 3, {1, 1, 4}};
    net.mutable_weights()[3] = std::numeric_limits<float>::quiet_NaN();
    CHECK(test::message_of<lpntk::numeric_error>([&] { nn::accuracy(net, data); }) ==
          "accuracy: logit vector of sample 0 holds NaN or infinity");
    data.classes = 4;
    CHECK_THROWS_AS(nn::accuracy(net, data), lpntk::argument_error);
}
