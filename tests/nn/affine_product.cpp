#include <lpntk/nn/affine_product.hpp>

#include <lpntk/nn/outer_product_sum.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

constexpr int guard = 64;  // numbers behind the result that must stay as they were

/// a w, with a bias and without, against Eigen in double.
template <class T>
double product_error(index_t rows, index_t inputs, index_t outputs) {
    const matrix<T> a = test::random_rows<T>(rows, inputs, 1), w = test::random_rows<T>(inputs + 1, outputs, 2);
    vector<T> y = vector<T>::Constant(rows * outputs + guard, T(7));
    nn::detail::affine_product<T> multiply;
    multiply(a.data(), rows, inputs, w.data(), w.row(inputs).data(), outputs, y.data());
    const matrix<double> weights = w.template cast<double>();
    const matrix<double> product = a.template cast<double>() * weights.topRows(inputs);
    const matrix<double> expected = product.rowwise() + weights.row(inputs);
    const Eigen::Map<const matrix<T>> found(y.data(), rows, outputs);
    const double error = test::worst_difference(found, expected);
    multiply(a.data(), rows, inputs, w.data(), nullptr, outputs, y.data());
    REQUIRE((y.tail(guard).array() == T(7)).all());
    return std::max(error, test::worst_difference(found, product));
}

template <class T>
double outer_error(index_t samples, index_t inputs, index_t outputs, index_t first, index_t last) {
    const matrix<T> x = test::random_rows<T>(samples, inputs, 1), dy = test::random_rows<T>(samples, outputs, 2);
    const matrix<T> start = test::random_rows<T>(inputs + 1, outputs, 3);
    matrix<T> gradient = start;
    nn::detail::add_outer_products<T>(samples, x.data(), inputs, dy.data(), outputs, first, last, gradient.data());
    matrix<double> wide(samples, inputs + 1), expected = start.template cast<double>();
    wide << x.template cast<double>(), matrix<double>::Ones(samples, 1);
    expected.middleRows(first, last - first) +=
        wide.middleCols(first, last - first).transpose() * dy.template cast<double>();
    REQUIRE(gradient.topRows(first) == start.topRows(first));
    REQUIRE(gradient.bottomRows(inputs + 1 - last) == start.bottomRows(inputs + 1 - last));
    return test::worst_difference(gradient, expected);
}

template <class T>
void check_products() {
    double worst = 0;
    for (index_t outputs = 1; outputs <= 40; ++outputs) {
        for (index_t rows = 1; rows <= 19; ++rows) worst = std::max(worst, product_error<T>(rows, 5, outputs));
        worst = std::max(worst, product_error<T>(40, 1, outputs));
    }
    for (const index_t inputs : {127, 128, 129, 1100})
        for (const index_t outputs : {1, 16, 70}) worst = std::max(worst, product_error<T>(9, inputs, outputs));
    for (const index_t outputs : {64, 80, 96, 128, 129, 192, 193, 384, 385, 800})
        worst = std::max(worst, product_error<T>(17, 20, outputs));
    CHECK(worst < (sizeof(T) == sizeof(float) ? 3e-6 : 5e-15));
}

template <class T>
void check_outer_products() {
    double worst = 0;
    for (index_t outputs = 1; outputs <= 40; ++outputs)
        for (const index_t inputs : {1, 2, 7, 8, 9, 17})
            for (const index_t samples : {1, 16, 19})
                worst = std::max(worst, outer_error<T>(samples, inputs, outputs, 0, inputs + 1));
    for (index_t first = 0; first <= 20; ++first)
        for (const index_t last : {first + 1, index_t{21}})
            worst = std::max(worst, outer_error<T>(5, 20, 37, first, last));
    CHECK(worst < (sizeof(T) == sizeof(float) ? 3e-6 : 5e-15));
}

}  // namespace

TEST_CASE("affine products agree with Eigen at every edge of lanes and blocks") {
    check_products<float>();
    check_products<double>();
}

TEST_CASE("outer products add to the rows they are asked for, and to no others") {
    check_outer_products<float>();
    check_outer_products<double>();
}
