#include "support/catch.hpp"

#include <limits>

#include <lpntk/model/gradient_check.hpp>

#include "model/models.hpp"

namespace {

using namespace lpntk;

const vector<double> sample = models::random_matrix(4, 1, 21);

/// A right model of which one number of the gradient is spoilt.
struct spoilt : models::only_pullback {
    index_t at;
    double factor;
    spoilt(index_t where, double by) : models::only_pullback(4, 5, 3, 1), at(where), factor(by) {}
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const {
        models::only_pullback::pullback(x, u, g);
        g[at] *= factor;
    }
};

/// A Jacobian that is right and parts that leave the first bias out.
struct levels_disagree : models::all_levels {
    using models::all_levels::all_levels;
    template <class Cotangents, class Sink>
    void parts(workspace& w, matrix_view<double> batch, Cotangents&& cotangents, Sink&& sink) const {
        models::all_levels broken = *this;
        broken.a.row(a.rows() - 1).setZero();
        broken.parts(w, batch, cotangents, sink);
    }
};

/// Jacobian and pullback, neither weights nor logits.
struct no_weights : models::only_jacobian {
    using models::only_jacobian::only_jacobian;
    double factor = 1;
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const {
        g = factor * (jacobian_of(x).transpose() * u);
    }
};

static_assert(has_weights<models::only_pullback> && !has_weights<models::only_jacobian>);

}  // namespace

TEST_CASE("gradient_check passes right gradients of every level", "[gradient_check]") {
    const auto check = [](const auto& model, const vector<double>& x, index_t compared) {
        for (std::uint64_t seed = 0; seed < 3; ++seed) {
            const gradient_report report = gradient_check(model, x, {.seed = seed});
            INFO(report.describe());
            CHECK(report.passed(1e-7));
            CHECK(report.compared == compared);
        }
    };
    const index_t parameters = 5 * 5 + 6 * 3;
    check(models::only_pullback(4, 5, 3, 1), sample, parameters);
    check(models::only_parts(4, 5, 3, 1), sample, 3 * parameters);  // one pair of levels, two by differences
    check(models::all_levels(4, 5, 3, 1), sample, 7 * parameters);  // three pairs, four by differences
    check(no_weights(4, 5, 3, 1), sample, parameters);
    check(models::shared_over_positions{models::random_matrix(3, 2, 4)}, models::random_matrix(6, 1, 5),
          3 * 6);
}

TEST_CASE("gradient_check names the parameter whose gradient is wrong", "[gradient_check]") {
    const vector<double> u = models::random_matrix(3, 1, 22);
    vector<double> right(models::only_pullback(4, 5, 3, 1).parameters());
    models::only_pullback(4, 5, 3, 1).pullback(sample, u, right);
    for (const index_t wrong : {index_t{0}, index_t{13}, right.size() - 1}) {
        const gradient_report report = gradient_check(spoilt(wrong, 1.01), sample, u);
        INFO(report.describe());
        CHECK_FALSE(report.passed());
        CHECK(report.parameter == wrong);
        CHECK(report.level == "pullback");
        CHECK(report.reference == "central differences");
        CHECK(std::abs(report.analytic - 1.01 * right[wrong]) <= 1e-12);
        CHECK(std::abs(report.numeric - right[wrong]) <= 1e-7);
        CHECK(std::abs(report.absolute_error - 0.01 * std::abs(right[wrong])) <= 1e-7);
    }
}

TEST_CASE("gradient_check takes NaN for infinitely wrong", "[gradient_check]") {
    const auto report = gradient_check(spoilt(7, std::numeric_limits<double>::quiet_NaN()), sample);
    CHECK(report.relative_error == std::numeric_limits<double>::infinity());
    CHECK(report.parameter == 7);
    CHECK_FALSE(report.passed(1e30));
}

TEST_CASE("gradient_check compares the levels with each other", "[gradient_check]") {
    const auto parts = gradient_check(levels_disagree(4, 5, 3, 1), sample);
    CHECK_FALSE(parts.passed());
    CHECK((parts.level == "formed parts" || parts.level == "outer-product parts"));

    no_weights model(4, 5, 3, 1);
    model.factor = -1;
    const auto pullback = gradient_check(model, sample);
    CHECK(std::abs(pullback.relative_error - 2) <= 1e-12);
    CHECK(pullback.level == "pullback");
    CHECK(pullback.reference == "jacobian");
}

TEST_CASE("gradient_check draws some of the parameters when asked to", "[gradient_check]") {
    const models::only_pullback model(4, 5, 3, 1);
    CHECK(gradient_check(model, sample, {.parameters = 6}).compared == 6);
    CHECK(gradient_check(model, sample, {.parameters = 1000}).compared == model.parameters());
    CHECK_THROWS_AS(gradient_check(model, sample, {.parameters = -1}), argument_error);
    CHECK_THROWS_AS(gradient_check(model, sample, vector<double>::Ones(4)), argument_error);
    CHECK_FALSE(gradient_report{}.passed());
}
