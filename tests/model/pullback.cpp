#include <lpntk/model/pullback.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;

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

TEST_CASE("pullback names the vector that has the wrong length", "[model]") {
    const models::only_pullback model(4, 5, 3, 1);
    const vector<double> x = vector<double>::Ones(4);
    vector<double> g(model.parameters()), short_g(model.parameters() - 1);
    CHECK_THROWS_AS(pullback(model, x, vector<double>::Ones(3), short_g), argument_error);
    CHECK_THROWS_WITH(pullback(model, x, vector<double>::Ones(2), g),
                      "pullback: length of the cotangent u is 2, must be 3");
}
