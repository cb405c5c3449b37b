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

/// Parts, twice what they should be in every form, and nothing to hold against them.
struct doubled_parts {
    models::only_parts model{4, 5, 3, 1};
    using scalar = double;
    using workspace = models::only_parts::workspace;
    index_t outputs() const { return model.outputs(); }
    index_t parameters() const { return model.parameters(); }
    std::vector<part_layout> part_layouts() const { return model.part_layouts(); }
    template <class Cotangents, class Sink>
    void parts(workspace& w, matrix_view<double> batch, Cotangents&& cotangents, Sink&& sink) const {
        model.parts(
            w, batch,
            [&](const matrix_view<double>& z, matrix_span<double> u) {
                cotangents(z, u);
                u *= 2;
            },
            sink);
    }
};

/// In float, with kinks: a ReLU network of one hidden layer, whose gradient is `factor` times the right one.
struct float_relu {
    using scalar = float;
    matrix<float> a = models::random_matrix(20, 30, 3).cast<float>(), b = models::random_matrix(30, 4, 4).cast<float>();
    float factor = 1;

    index_t outputs() const { return 4; }
    index_t parameters() const { return a.size() + b.size(); }
    vector<float> hidden(const vector<float>& x) const { return (a.transpose() * x).cwiseMax(0.0F); }
    void logits(vector_view<float> x, vector_span<float> z) const { z = b.transpose() * hidden(x); }
    void pullback(vector_view<float> x, vector_view<float> u, vector_span<float> g) const {
        const vector<float> h = hidden(x), d = (h.array() > 0).select(b * u, 0.0F);
        Eigen::Map<matrix<float>>(g.data(), 20, 30) = factor * x * d.transpose();
        Eigen::Map<matrix<float>>(g.data() + a.size(), 30, 4) = h * u.transpose();
    }
    vector<float> weights() const {
        vector<float> w(parameters());
        w << Eigen::Map<const vector<float>>(a.data(), a.size()), Eigen::Map<const vector<float>>(b.data(), b.size());
        return w;
    }
    void set_weights(vector_view<float> w) {
        Eigen::Map<vector<float>>(a.data(), a.size()) = w.head(a.size());
        Eigen::Map<vector<float>>(b.data(), b.size()) = w.tail(b.size());
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
    const index_t weights = 5 * 5 + 6 * 3;
    check(models::only_pullback(4, 5, 3, 1), sample, weights);
    check(models::only_parts(4, 5, 3, 1), sample, 3 * weights);  // one pair of levels, two by differences
    check(models::all_levels(4, 5, 3, 1), sample, 7 * weights);  // three pairs, four by differences
    check(no_weights(4, 5, 3, 1), sample, weights);
    check(models::shared_over_positions{models::random_matrix(3, 2, 4)}, models::random_matrix(6, 1, 5), 3 * 6);
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
    CHECK((parts.level == "dense parts" || parts.level == "parts as factors"));

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

TEST_CASE("gradient_check says what it could not compare, and does not pass on it", "[gradient_check]") {
    const auto alone = gradient_check(doubled_parts{}, sample);
    CHECK((alone.relative_error <= 1e-12 && !alone.independent && !alone.passed()));
    CHECK(alone.describe().find("proves nothing") != std::string::npos);
    const auto levels = gradient_check(no_weights(4, 5, 3, 1), sample);
    CHECK((levels.independent && !levels.differences && levels.passed()));
    CHECK(levels.describe().find("none with central differences") != std::string::npos);
    const auto whole = gradient_check(models::only_parts(4, 5, 3, 1), sample);
    CHECK((whole.independent && whole.differences));
    CHECK(whole.describe().find("none") == std::string::npos);
}

TEST_CASE("gradient_check accepts a right float network with kinks, and no wrong one", "[gradient_check]") {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const vector<float> x = models::random_matrix(20, 1, 30 + seed).cast<float>();
        float_relu net;
        const auto right = gradient_check(net, x, {.seed = seed});
        INFO(right.describe());
        CHECK(right.passed());
        for (const float factor : {2.0F, 1.05F, -1.0F, 0.0F}) {
            net.factor = factor;
            CHECK_FALSE(gradient_check(net, x, {.seed = seed}).passed());
        }
    }
}
