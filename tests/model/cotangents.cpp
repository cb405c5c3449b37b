#include "support/catch.hpp"

#include <cmath>
#include <functional>

#include <lpntk/model/cotangents.hpp>

#include "model/models.hpp"

namespace {

using namespace lpntk;

// What each needs; the first signature that fits counts.
static_assert(plain_cotangent<all_ones, float> && plain_cotangent<one_logit, double>);
static_assert(label_cotangent<label_signs, float> && !plain_cotangent<label_signs, float>);
static_assert(logit_cotangent<loss_gradient, float> && !label_cotangent<loss_gradient, float>);
static_assert(needs_logits_v<margin, double> && needs_label_v<margin, double>);
static_assert(!needs_logits_v<label_signs, double> && needs_label_v<label_signs, double>);
static_assert(!needs_label_v<all_ones, double> && !needs_logits_v<one_logit, double>);
static_assert(!cotangent_for<int, double>);

// What is written to a copy would be lost: u by value is no cotangent.
static_assert(!cotangent_for<decltype([](vector<double> u) { u.setOnes(); }), double>);
static_assert(!cotangent_for<decltype([](int, vector<double> u) { u.setOnes(); }), double>);
static_assert(!cotangent_for<decltype([](vector_view<double>, int, Eigen::VectorXd u) { u.setOnes(); }), double>);
static_assert(!cotangent_for<decltype([](int, const Eigen::VectorXd&) {}), double>);
static_assert(cotangent_for<decltype([](int, auto&& u) { u.setOnes(); }), double>);

constexpr auto plain = [](auto u) { u.setConstant(2); };
constexpr auto by_label = [](int label, vector_span<double> u) { u.setConstant(label); };
constexpr auto by_logits = [](vector_view<double> z, int label, vector_span<double> u) { u = z * label; };
static_assert(plain_cotangent<decltype(plain), double> && plain_cotangent<decltype(plain), float>);
static_assert(label_cotangent<decltype(by_label), double> && !cotangent_for<decltype(by_label), float>);
static_assert(logit_cotangent<decltype(by_logits), double> && !cotangent_for<decltype(by_logits), float>);

template <class T, class Cotangent>
vector<T> applied(const Cotangent& cotangent, const vector<T>& z, int label) {
    vector<T> u = vector<T>::Constant(z.size(), T(123));  // to be overwritten
    apply_cotangent<T>(cotangent, z, label, u);
    return u;
}

/// Central differences of a function of the logits.
vector<double> gradient_of(const std::function<double(const vector<double>&)>& f, vector<double> z) {
    vector<double> g(z.size());
    for (index_t k = 0; k < z.size(); ++k) {
        const double h = 1e-5, kept = z[k];
        z[k] = kept + h;
        g[k] = f(z);
        z[k] = kept - h;
        g[k] = (g[k] - f(z)) / (2 * h);
        z[k] = kept;
    }
    return g;
}

vector<double> without(const vector<double>& z, int label) {
    vector<double> rest(z.size() - 1);
    rest << z.head(label), z.tail(z.size() - 1 - label);
    return rest;
}

const vector<double> five_logits = (vector<double>(5) << 0.3, -1.2, 2.0, 0.1, -0.4).finished();

}  // namespace

TEST_CASE("label signs have norm 1, + at the label and - elsewhere", "[cotangents]") {
    for (index_t classes = 1; classes <= 10; ++classes)
        for (int label = 0; label < classes; ++label) {
            const auto u = applied(label_signs{}, vector<double>(vector<double>::Zero(classes)), label);
            CHECK(std::abs(u.norm() - 1) <= 1e-15);
            for (index_t k = 0; k < classes; ++k) CHECK((u[k] > 0) == (k == label));
            CHECK(u.cwiseAbs().maxCoeff() == u.cwiseAbs().minCoeff());
        }
    const auto two = applied(label_signs{}, vector<double>(vector<double>::Zero(2)), 0);
    CHECK(two[0] == -two[1]);
}

TEST_CASE("all ones and one logit do not depend on the label", "[cotangents]") {
    CHECK(std::abs(applied(all_ones{}, five_logits, 0).norm() - 1) <= 1e-15);
    CHECK(applied(all_ones{}, five_logits, 0) == applied(all_ones{}, five_logits, -7));
    CHECK(applied(one_logit{.output = 3}, five_logits, 1) == vector<double>(vector<double>::Unit(5, 3)));
    CHECK_THROWS_WITH(applied(one_logit{.output = 5}, five_logits, 1), "one_logit: output is 5, must be in [0, 5)");
    CHECK_THROWS_AS(applied(one_logit{.output = -1}, five_logits, 1), argument_error);
}

TEST_CASE("loss gradient is minus the gradient of the cross-entropy", "[cotangents]") {
    for (int label = 0; label < 5; ++label) {
        const auto loss = [&](const vector<double>& z) { return models::log_sum_exp(z) - z[label]; };
        const auto u = applied(loss_gradient{}, five_logits, label);
        CHECK((u + gradient_of(loss, five_logits)).cwiseAbs().maxCoeff() <= 1e-9);
        CHECK(std::abs(u.sum()) <= 1e-15);
    }
    CHECK(applied(loss_gradient{}, vector<double>(vector<double>::Constant(1, 3.0)), 0)[0] == 0);
}

TEST_CASE("margin is the gradient of z_y minus the logsumexp of the others", "[cotangents]") {
    for (int label = 0; label < 5; ++label) {
        const auto value = [&](const vector<double>& z) { return z[label] - models::log_sum_exp(without(z, label)); };
        const auto u = applied(margin{}, five_logits, label);
        CHECK((u - gradient_of(value, five_logits)).cwiseAbs().maxCoeff() <= 1e-9);
    }
    CHECK(applied(margin{}, vector<double>(vector<double>::Constant(1, 3.0)), 0)[0] == 1);
    const auto two = applied(margin{}, vector<double>(five_logits.head(2)), 1);
    CHECK((two[0] == -1 && two[1] == 1));
}

TEMPLATE_TEST_CASE("logit cotangents stay finite and right for logits of 1e4", "[cotangents]", float, double) {
    using T = TestType;
    vector<T> z(4);
    z << T(1e4), T(-1e4), T(9999), T(0);
    const T q = T(1) / (T(1) + std::exp(T(-1)));  // softmax of 1e4 against 9999
    const T tolerance = T(4) * std::numeric_limits<T>::epsilon();
    const auto check = [&](const vector<T>& u, std::initializer_list<T> expected) {
        index_t k = 0;
        for (const T e : expected) CHECK(std::abs(u[k++] - e) <= tolerance);
    };
    check(applied(loss_gradient{}, z, 0), {1 - q, 0, q - 1, 0});
    check(applied(loss_gradient{}, z, 1), {-q, 1, q - 1, 0});
    check(applied(loss_gradient{}, z, 2), {-q, 0, q, 0});
    check(applied(margin{}, z, 0), {1, 0, -1, 0});
    check(applied(margin{}, z, 1), {-q, 1, q - 1, 0});
    check(applied(margin{}, z, 3), {-q, 0, q - 1, 1});
}

TEST_CASE("the loss gradient of a well learned sample keeps its digits", "[cotangents]") {
    vector<float> z(3);
    z << 30.0F, 0.0F, 1.0F;  // 1 - q_0 is 3.5e-13, far below the float next to 1
    const double rest = std::exp(-30.0) + std::exp(-29.0);
    CHECK(std::abs(applied(loss_gradient{}, z, 0)[0] / (rest / (1 + rest)) - 1) <= 1e-6);
}

TEST_CASE("a label out of range is named, and only where labels matter", "[cotangents]") {
    CHECK_THROWS_WITH(applied(label_signs{}, five_logits, 5), "cotangent: label is 5, must be in [0, 5)");
    CHECK_THROWS_AS(applied(loss_gradient{}, five_logits, -1), argument_error);
    CHECK_THROWS_AS(applied(margin{}, five_logits, 5), argument_error);
    CHECK_THROWS_AS(applied(by_label, five_logits, 5), argument_error);
    vector<double> u(5);
    CHECK_THROWS_AS(label_signs{}(5, vector_span<double>(u)), argument_error);
    CHECK_NOTHROW(applied(plain, five_logits, 99));
}

TEST_CASE("logits are asked for only where they are read", "[cotangents]") {
    vector<double> u(5);
    CHECK_NOTHROW(apply_cotangent<double>(label_signs{}, vector<double>(), 1, u));
    CHECK_THROWS_WITH(apply_cotangent<double>(margin{}, vector<double>(), 1, u),
                      "cotangent: number of logits is 0, must be 5");
}

TEST_CASE("the cotangents of a batch are those of its samples", "[cotangents]") {
    const matrix<double> z = models::random_matrix(4, 3, 1);
    const std::vector<int> labels{9, 2, 0, 1, 2};  // the batch begins at sample 1
    const auto check = [&](const auto& cotangent) {
        const auto own = std::vector<int>(labels.begin() + 1, labels.end());
        matrix<double> u(4, 3);
        const labelled_cotangents<double, std::remove_cvref_t<decltype(cotangent)>> fill(cotangent, own, 4, 3, "here");
        fill(0, z, u);
        for (index_t i = 0; i < 4; ++i)
            CHECK(u.row(i).transpose() ==
                  applied(cotangent, vector<double>(z.row(i).transpose()), own[std::size_t(i)]));
        matrix<double> later(2, 3);
        fill(2, z.bottomRows(2), later);
        CHECK(later == u.bottomRows(2));
    };
    check(label_signs{});
    check(margin{});
    check(plain);
    check(by_label);
    check(by_logits);
}

TEST_CASE("labels are checked before any batch, and needed only where they are read", "[cotangents]") {
    const std::vector<int> labels{2, 0, 1, 2};
    const label_signs signs;
    using signed_cotangents = labelled_cotangents<double, label_signs>;
    CHECK_THROWS_WITH(signed_cotangents(signs, labels, 5, 3, "here"),
                      "here: number of labels is 4, must be the number of samples, 5");
    CHECK_THROWS_WITH(signed_cotangents(signs, labels, 4, 2, "here"), "here: labels[0] is 2, must be in [0, 2)");
    CHECK_THROWS_AS(signed_cotangents(signs, {}, 4, 3, "here"), argument_error);
    const all_ones ones;
    matrix<double> u(4, 3);
    labelled_cotangents<double, all_ones>(ones, {}, 4, 3, "here")(0, matrix<double>(4, 0), u);
    CHECK(u.isConstant(1 / std::sqrt(3.0), 1e-15));
}
