#include "support/catch.hpp"

#include <cmath>
#include <string>
#include <type_traits>

#include <lpntk/model/batch_pass.hpp>
#include <lpntk/model/cotangents.hpp>
#include <lpntk/model/derived_parts.hpp>
#include <lpntk/model/flat_parts.hpp>
#include <lpntk/model/logits.hpp>

#include "model/models.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lpntk;

static_assert(has_parts<derived_parts<models::only_jacobian>> && has_parts<derived_parts<models::only_pullback>>);
static_assert(
    std::is_same_v<decltype(as_parts_provider(std::declval<const models::only_parts&>())), const models::only_parts&>);

// A temporary would be gone before its parts are asked for.
static_assert(!std::is_constructible_v<derived_parts<models::only_jacobian>, models::only_jacobian>);
static_assert(!std::is_constructible_v<batch_pass<models::only_parts>, models::only_parts, const char*>);

/// The b x P features of a batch by parts(), outer products formed by the sink.
template <class Model>
matrix<double> features_of(const Model& model, const matrix<double>& batch, const matrix<double>& u, part_form form) {
    matrix<double> features = matrix<double>::Constant(batch.rows(), model.parameters(), 123.0);
    batch_pass<Model> pass(model, "features_of");
    int calls = 0;
    for (int repeat = 0; repeat < 2; ++repeat) {  // the second run meets a used workspace
        flat_parts<double> sink(pass.layouts(), features, form);
        pass(
            batch, 0,
            [&](index_t, const matrix_view<double>&, matrix_span<double> filled) {
                ++calls;
                filled = u;
            },
            sink);
    }
    CHECK(calls == 2);
    return features;
}

/// A model whose pullback, Jacobian and logits leave numbers as they are where the input is not positive, or add.
template <bool Jacobian>
struct leaves_some {
    using scalar = double;
    bool adds = false;

    index_t inputs() const { return 3; }
    index_t outputs() const { return 1; }
    index_t parameters() const { return 3; }
    void logits(vector_view<double> x, vector_span<double> z) const {
        if (x[0] > 0) z[0] = x[0];
    }
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const
        requires(!Jacobian)
    {
        for (index_t i = 0; i < 3; ++i) write(x[i], u[0] * x[i], g[i]);
    }
    void jacobian(vector_view<double> x, matrix_span<double> j) const
        requires(Jacobian)
    {
        for (index_t i = 0; i < 3; ++i) write(x[i], x[i], j(0, i));
    }
    void write(double x, double value, double& to) const {
        if (adds) to += value;
        if (!adds && x > 0) to = value;
    }
};

template <class Model>
std::string complaint(const Model& model, const matrix<double>& x) {
    return test::message_of<numeric_error>([&] {
        matrix<double> features(x.rows(), 3);
        batch_pass<Model> pass(model, "f");
        flat_parts<double> sink(pass.layouts(), features);
        pass(x, 0, [](index_t, const matrix_view<double>&, matrix_span<double> u) { u.setOnes(); }, sink);
    });
}

}  // namespace

TEST_CASE("what a model does not write, or adds to, is found", "[model]") {
    matrix<double> x = matrix<double>::Ones(4, 3);
    CHECK(complaint(leaves_some<false>{}, x).empty());
    CHECK(complaint(leaves_some<true>{}, x).empty());
    const std::string adding = "f: part \"all parameters\" of sample 0: NaN or infinity";
    CHECK(complaint(leaves_some<false>{.adds = true}, x) == adding);
    CHECK(complaint(leaves_some<true>{.adds = true}, x) == adding);
    x(3, 1) = 0;
    const std::string leaving = "f: part \"all parameters\" of sample 3: NaN or infinity";
    CHECK(complaint(leaves_some<false>{}, x) == leaving);
    CHECK(complaint(leaves_some<true>{}, x) == leaving);
    x(2, 0) = 0;
    CHECK(complaint(leaves_some<false>{}, x) == "f: logits of sample 2: NaN or infinity");
    CHECK(std::isnan(logits_of(leaves_some<false>{}, x)(2, 0)));
}

TEST_CASE("the parts of every level are the rows of u^T J", "[model]") {
    const matrix<double> batch = models::random_matrix(5, 4, 11), u = models::random_matrix(5, 3, 12);
    const models::only_jacobian explicit_model(4, 6, 3, 2);
    matrix<double> expected(5, explicit_model.parameters()), j(3, explicit_model.parameters());
    for (index_t i = 0; i < 5; ++i) {
        explicit_model.jacobian(batch.row(i).transpose(), j);
        expected.row(i) = u.row(i) * j;
    }
    const double tolerance = 1e-13 * expected.norm();
    for (const part_form form : {part_form::dense, part_form::factors}) {
        CHECK((features_of(explicit_model, batch, u, form) - expected).norm() <= tolerance);
        CHECK((features_of(models::only_pullback(4, 6, 3, 2), batch, u, form) - expected).norm() <= tolerance);
        CHECK((features_of(models::only_parts(4, 6, 3, 2), batch, u, form) - expected).norm() <= tolerance);
    }
}

TEST_CASE("derived parts show the cotangent the model's logits, or none", "[model]") {
    const matrix<double> batch = models::random_matrix(2, 4, 3);
    matrix<double> seen;
    const auto look = [&](matrix_view<double> logits, matrix_span<double> u) {
        seen = logits;
        u.setZero();
    };
    const auto run = [&](const auto& model) {
        const auto provider = as_parts_provider(model);
        matrix<double> features(2, model.parameters());
        flat_parts<double> sink(provider.part_layouts(), features);
        typename decltype(provider)::workspace workspace;
        provider.parts(workspace, batch, look, sink);
        CHECK(features.isZero(0));
    };
    const models::only_pullback with_logits(4, 6, 3, 2);
    run(with_logits);
    REQUIRE(seen.cols() == 3);
    for (index_t i = 0; i < 2; ++i) {
        vector<double> z(3);
        with_logits.logits(batch.row(i).transpose(), z);
        CHECK(seen.row(i).transpose() == z);
    }
    run(models::only_jacobian(4, 6, 3, 2));
    CHECK((seen.rows() == 2 && seen.cols() == 0));
}

TEST_CASE("flat parts sum outer products over positions, bias last", "[model]") {
    const models::shared_over_positions model{models::random_matrix(3, 2, 4)};
    const matrix<double> batch = models::random_matrix(4, 6, 5), u = models::random_matrix(4, 2, 6);
    const matrix<double> formed = features_of(model, batch, u, part_form::dense);
    REQUIRE(formed.norm() > 0.1);
    CHECK((features_of(model, batch, u, part_form::factors) - formed).norm() <= 1e-13 * formed.norm());
}

TEST_CASE("a part knows its length", "[model]") {
    CHECK(part_layout{.name = "dense", .outputs = 7}.parameters() == 7);
    CHECK(part_layout{.name = "linear", .outputs = 7, .inputs = 3}.parameters() == 21);
    CHECK(part_layout{.name = "conv", .outputs = 7, .inputs = 3, .positions = 10, .bias = true}.parameters() == 28);
}
