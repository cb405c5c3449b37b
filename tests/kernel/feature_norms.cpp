#include <lpntk/kernel/feature_norms.hpp>

#include <cmath>
#include <limits>

#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

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

/// Two parts that break a rule of parts() at will: one dense, one of several positions.
struct faulty_parts {
    using scalar = float;
    struct workspace {};
    enum class fault {
        none,
        unknown_part,
        wrong_size,
        skips_a_part,
        twice,
        unasked_form,
        not_finite
    } what = fault::none;

    index_t outputs() const { return 2; }
    index_t parameters() const { return 3 + 30 * 40; }
    std::vector<lpntk::part_layout> part_layouts() const {
        return {{"small", 3, 0, 1, false}, {"conv", 40, 30, 2, false}};
    }
    void logits(lpntk::vector_view<float>, lpntk::vector_span<float> z) const { z.setZero(); }

    template <class Cotangents, class Sink>
    void parts(workspace&, lpntk::matrix_view<float> batch, Cotangents&& cotangents, Sink&& sink) const {
        const index_t b = batch.rows();
        const matrix<float> z = matrix<float>::Zero(b, 2);
        matrix<float> u(b, 2), d = matrix<float>::Ones(b, 80), a = matrix<float>::Ones(b, 60);
        cotangents(lpntk::matrix_view<float>(z), lpntk::matrix_span<float>(u));
        const matrix<float> small = matrix<float>::Ones(b, what == fault::wrong_size ? 4 : 3);
        if (what != fault::skips_a_part) sink.dense(what == fault::unknown_part ? 2 : 0, small);
        if (what == fault::twice) sink.dense(0, small);
        if (what == fault::not_finite) a(b - 1, 7) = std::numeric_limits<float>::infinity();
        REQUIRE(sink.wants(1) == lpntk::part_form::factors);
        if (what == fault::unasked_form) return sink.dense(1, matrix<float>::Ones(b, 1200));
        sink.factors(1, d, a);
    }
};

}  // namespace

TEST_CASE("feature norms are those of the formed features, whatever the layers' forms") {
    // Few positions and many channels leave the first convolution as positions; the second is formed.
    auto net =
        nn::make_sequential<double>({6, 6, 1}, nn::conv2d({.outputs = 24, .kernel = 5}), nn::tanh(),
                                    nn::conv2d({.outputs = 2, .kernel = 1}), nn::relu(), nn::flatten(), nn::linear(5));
    nn::initialise(net, nn::initialisation::ntk, 1);
    const matrix<double> inputs = models::random_matrix(21, 36, 3);
    std::vector<int> labels;
    for (int i = 0; i < 21; ++i) labels.push_back(i % 5);
    const auto check = [&](const auto& cotangent) {
        const auto norms = lpntk::feature_norms(net, inputs, labels, cotangent, {.batch = 4});
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
    const auto norms = lpntk::feature_norms(model, inputs, {}, lpntk::all_ones{});
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
        return lpntk::feature_norms(net, inputs, labels, lpntk::loss_gradient{}, {.threads = threads});
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

TEST_CASE("feature norms of a dataset whose shape is not its rows' are refused") {
    const lpntk::dataset<float> data{matrix<float>::Ones(2, 4), {0, 1}, 2, {2, 7, 3}};
    const auto net = nn::mlp<float>({4, 2}, 1);
    const auto call = [&] { (void)lpntk::feature_norms(net, data, lpntk::label_signs{}); };
    CHECK(test::message_of<lpntk::argument_error>(call) ==
          "feature_norms: numbers in a sample is 4, must be height x width x channels, 42");
}

TEST_CASE("feature norms of wide layers with few positions have the same bits for any threads") {
    // 16 positions of 1620 -> 200: Eigen would share out their Grams, and cut sums of 1620 terms by the threads.
    auto net = nn::make_sequential<float>({6, 6, 180}, nn::conv2d({.outputs = 200}), nn::relu(), nn::linear(3));
    nn::initialise(net, nn::initialisation::he, 1);
    const matrix<float> inputs = models::random_matrix(5, 6 * 6 * 180, 1).cast<float>();
    const std::vector<int> labels{0, 1, 2, 0, 1};
    const auto with = [&](int threads) {
        return lpntk::feature_norms(net, inputs, labels, lpntk::label_signs{}, {.batch = 2, .threads = threads});
    };
    const vector<float> one = with(1);
    REQUIRE(one.minCoeff() > 0);
    for (const int threads : {2, 3, 8}) CHECK(with(threads) == one);
}

TEST_CASE("feature norms check what a model hands out") {
    const auto message = [](faulty_parts::fault what) {
        const matrix<float> inputs = matrix<float>::Ones(7, 2);
        try {
            lpntk::feature_norms(faulty_parts{what}, inputs, {}, lpntk::all_ones{}, {.batch = 4, .threads = 1});
        } catch (const std::exception& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const auto says = [&](faulty_parts::fault what, const std::string& text) {
        CHECK(test::says(message(what), text));
    };
    CHECK(message(faulty_parts::fault::none).empty());
    says(faulty_parts::fault::unknown_part, "parts: part is 2, must be in [0, 2)");
    says(faulty_parts::fault::wrong_size, "size of values of part \"small\" is 4 x 4, must be 4 x 3");
    says(faulty_parts::fault::skips_a_part, "number of calls for part \"small\" is 0, must be 1");
    says(faulty_parts::fault::twice, "number of calls for part \"small\" is 2, must be 1");
    says(faulty_parts::fault::unasked_form, "form of part \"conv\" is dense, must be factors");
    says(faulty_parts::fault::not_finite, "feature_norms: part \"conv\" of sample 3: NaN or infinity");
    const matrix<float> inputs = matrix<float>::Ones(3, 2);
    const auto nan = [](lpntk::vector_span<float> u) { u.setConstant(std::nanf("")); };
    CHECK_THROWS_AS(lpntk::feature_norms(faulty_parts{}, inputs, {}, nan), lpntk::numeric_error);
}
