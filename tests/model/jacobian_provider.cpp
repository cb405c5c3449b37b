#include "support/catch.hpp"

#include <lpntk/model/jacobian_provider.hpp>

#include "model/models.hpp"

namespace {

using namespace lpntk;

// The least that models each concept: declarations are all it looks at.
struct sizes_only {
    using scalar = float;
    index_t outputs() const;
    index_t parameters() const;
};
struct jacobian_archetype : sizes_only {
    void jacobian(vector_view<float> x, matrix_span<float> j) const;
};
struct pullback_archetype : sizes_only {
    void pullback(vector_view<float> x, vector_view<float> u, vector_span<float> g) const;
};
struct parts_archetype : sizes_only {
    struct workspace {};
    std::vector<part_layout> part_layouts() const;
    template <class Cotangents, class Sink>
    void parts(workspace&, matrix_view<float> batch, Cotangents&&, Sink&&) const;
};
struct logits_archetype : sizes_only {
    void logits(vector_view<float> x, vector_span<float> z) const;
};

static_assert(has_sizes<sizes_only> && !jacobian_provider<sizes_only>);
static_assert(has_jacobian<jacobian_archetype> && !has_pullback<jacobian_archetype> &&
              jacobian_provider<jacobian_archetype>);
static_assert(has_pullback<pullback_archetype> && !has_parts<pullback_archetype> &&
              jacobian_provider<pullback_archetype>);
static_assert(has_parts<parts_archetype> && !has_jacobian<parts_archetype> &&
              jacobian_provider<parts_archetype>);
static_assert(gives_logits<parts_archetype> && !has_logits<parts_archetype> &&
              !gives_logits<pullback_archetype>);
static_assert(has_logits<logits_archetype> && gives_logits<logits_archetype> &&
              !jacobian_provider<logits_archetype>);

// What must not pass: another scalar, members that are not const, a workspace that cannot be made, no scalar.
struct integer_scalar {
    using scalar = int;
    index_t outputs() const;
    index_t parameters() const;
};
struct changing : sizes_only {
    void pullback(vector_view<float> x, vector_view<float> u, vector_span<float> g);
};
struct double_output : sizes_only {
    void pullback(vector_view<float> x, vector_view<float> u, vector_span<double> g) const;
};
struct no_default_workspace : sizes_only {
    struct workspace {
        explicit workspace(int);
    };
    std::vector<part_layout> part_layouts() const;
    template <class Cotangents, class Sink>
    void parts(workspace&, matrix_view<float> batch, Cotangents&&, Sink&&) const;
};
static_assert(!has_sizes<integer_scalar> && !has_sizes<int>);
static_assert(!jacobian_provider<changing> && !jacobian_provider<double_output> &&
              !jacobian_provider<no_default_workspace>);

static_assert(has_jacobian<models::only_jacobian> && has_pullback<models::only_pullback>);
static_assert(has_parts<models::only_parts> && has_parts<models::shared_over_positions>);

// The model in the documentation of jacobian_provider.
struct softmax_regression {
    using scalar = double;
    matrix<double> weights;  // K x D

    index_t outputs() const { return weights.rows(); }
    index_t parameters() const { return weights.size(); }
    void logits(vector_view<double> x, vector_span<double> z) const { z.noalias() = weights * x; }
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const {
        Eigen::Map<matrix<double>>(g.data(), weights.rows(), weights.cols()).noalias() = u * x.transpose();
    }
};
static_assert(jacobian_provider<softmax_regression>);

template <class Model>
vector<double> pulled(const Model& model, const vector<double>& x, const vector<double>& u) {
    vector<double> g = vector<double>::Constant(model.parameters(), 123.0);  // to be overwritten
    pullback(model, x, u, g);
    return g;
}

}  // namespace

TEST_CASE("pullback derives J^T u from whichever level the model has", "[model]") {
    const vector<double> x = models::random_matrix(4, 1, 5);
    const vector<double> u = models::random_matrix(3, 1, 6);
    const models::only_jacobian explicit_model(4, 5, 3, 1);
    matrix<double> j(3, explicit_model.parameters());
    explicit_model.jacobian(x, j);
    const vector<double> expected = j.transpose() * u;
    REQUIRE(expected.norm() > 0.1);

    const double tolerance = 1e-13 * expected.norm();
    CHECK((pulled(explicit_model, x, u) - expected).norm() <= tolerance);
    CHECK((pulled(models::only_pullback(4, 5, 3, 1), x, u) - expected).norm() <= tolerance);
    CHECK((pulled(models::only_parts(4, 5, 3, 1), x, u) - expected).norm() <= tolerance);
    CHECK((pulled(models::all_levels(4, 5, 3, 1), x, u) - expected).norm() <= tolerance);
}

TEST_CASE("pullback of the documented model is the outer product of cotangent and sample", "[model]") {
    const softmax_regression model{models::random_matrix(3, 4, 1)};
    const vector<double> x = models::random_matrix(4, 1, 2), u = models::random_matrix(3, 1, 3);
    const vector<double> g = pulled(model, x, u);
    for (index_t k = 0; k < 3; ++k)
        for (index_t i = 0; i < 4; ++i) CHECK(g[k * 4 + i] == u[k] * x[i]);
}

TEST_CASE("pullback reuses its workspace", "[model]") {
    const models::only_jacobian model(4, 5, 3, 1);
    pullback_workspace<models::only_jacobian> workspace;
    vector<double> g(model.parameters());
    const vector<double> u = models::random_matrix(3, 1, 6);
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        const vector<double> x = models::random_matrix(4, 1, seed);
        pullback(model, x, u, g, workspace);
        CHECK(g == pulled(model, x, u));
    }
}

TEST_CASE("pullback names the vector that has the wrong length", "[model]") {
    const models::only_pullback model(4, 5, 3, 1);
    const vector<double> x = vector<double>::Ones(4);
    vector<double> g(model.parameters()), short_g(model.parameters() - 1);
    CHECK_THROWS_AS(pullback(model, x, vector<double>::Ones(2), g), argument_error);
    CHECK_THROWS_AS(pullback(model, x, vector<double>::Ones(3), short_g), argument_error);
    CHECK_THROWS_WITH(pullback(model, x, vector<double>::Ones(2), g),
                      "pullback: length of the cotangent u is 2, must be 3");
}
