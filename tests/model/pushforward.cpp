#include <lpntk/model/pushforward.hpp>

#include <lpntk/model/pullback.hpp>
#include <lpntk/model/summed_pullback.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;

/// All levels, and forward mode, one sample at a time.
struct forward_mode : models::only_pullback {
    using models::only_pullback::only_pullback;
    void pushforward(vector_view<double> x, vector_view<double> v, vector_span<double> dz) const {
        dz = jacobian_of(x) * v;
    }
};

/// No weights, no logits(x, z): parts alone.
struct bare_parts : models::shared_over_positions {};

struct by_value : models::only_pullback {
    using models::only_pullback::only_pullback;
    void pushforward(vector_view<double> x, vector_view<double> v, vector<double> dz) const;
};
static_assert(has_pushforward<forward_mode> && !has_pushforward<models::only_pullback> && !has_pushforward<by_value>);
static_assert(!has_batched_pushforward<forward_mode>);

/// J(x_n) v and sum_n J(x_n)^T u_n from explicit Jacobians, column by column of the pullbacks.
template <class Model>
void check(const Model& model, const matrix<double>& inputs) {
    const index_t k = model.outputs(), p = model.parameters();
    const vector<double> v = models::random_matrix(p, 1, 7);
    const matrix<double> u = models::random_matrix(inputs.rows(), k, 8);
    matrix<double> expected(inputs.rows(), k);
    vector<double> sum = vector<double>::Zero(p);
    for (index_t n = 0; n < inputs.rows(); ++n)
        for (index_t j = 0; j < k; ++j) {
            vector<double> row(p);
            pullback(model, inputs.row(n).transpose(), vector<double>::Unit(k, j), row);
            expected(n, j) = row.dot(v);
            sum += u(n, j) * row;
        }
    for (const int threads : {1, 2, 3}) {
        const auto found = pushforward(model, inputs, v, threads);
        CHECK((found.changes - expected).cwiseAbs().maxCoeff() <= 1e-12 * expected.cwiseAbs().maxCoeff());
        CHECK(found.changes == pushforward(model, inputs, v, 1).changes);
        CHECK((found.logits - logits_of(model, inputs)).isZero(0));
    }
    const auto fill = [&](index_t first, const matrix_view<double>&, matrix_span<double> to) {
        to = u.middleRows(first, to.rows());
    };
    const vector<double> summed = summed_pullback(model, inputs, fill, "here");
    CHECK((summed - sum).norm() <= 1e-12 * sum.norm());
}

}  // namespace

TEST_CASE("pushforward is the Jacobian times the direction, and summed_pullback its transpose times cotangents",
          "[model]") {
    const matrix<double> inputs = models::random_matrix(19, 4, 3);
    check(models::only_pullback(4, 5, 3, 1), inputs);
    check(models::only_parts(4, 5, 3, 1), inputs);
    check(models::all_levels(4, 5, 3, 1), inputs);
    check(forward_mode(4, 5, 3, 1), inputs);
    check(bare_parts{{models::random_matrix(3, 2, 4)}}, models::random_matrix(19, 6, 5));
}

TEST_CASE("pushforward refuses a direction of another length", "[model]") {
    const models::only_pullback model(4, 5, 3, 1);
    CHECK_THROWS_WITH(pushforward(model, models::random_matrix(2, 4, 1), vector<double>::Ones(3)),
                      "pushforward: length of the direction is 3, must be 43");
}

TEST_CASE("logits come from whatever member gives them", "[model]") {
    const matrix<double> inputs = models::random_matrix(19, 4, 3);
    const models::only_pullback one_by_one(4, 5, 3, 1);
    matrix<double> expected(19, 3);
    for (index_t n = 0; n < 19; ++n) {
        vector<double> z(3);
        one_by_one.logits(inputs.row(n).transpose(), z);
        expected.row(n) = z.transpose();
    }
    CHECK(logits_of(one_by_one, inputs) == expected);
    CHECK((logits_of(models::only_parts(4, 5, 3, 1), inputs) - expected).cwiseAbs().maxCoeff() <= 1e-14);
}
