#include <lpntk/nn/affine_product.hpp>

#include <lpntk/nn/outer_product_sum.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

constexpr int guard = 64;  // numbers behind the result that must stay as they were

/// a of `rows` rows of `segments` runs, taken out of a wider array, times w, with a bias and without, against Eigen in
/// double.
template <class T>
double product_error(index_t rows, index_t segments, index_t run, index_t outputs) {
    const index_t row_step = run + 3, segment_step = rows * row_step + 5;
    const matrix<T> a = test::random_rows<T>(1, segments * segment_step + 8, 1);
    const matrix<T> w = test::random_rows<T>(segments * run + 1, outputs, 2);
    nn::detail::column_tail<T> tail;
    tail.pack(w.data(), segments * run, outputs);
    vector<T> y = vector<T>::Constant(rows * outputs + guard, T(7));
    const nn::detail::run_rows<T> runs{a.data(), rows, row_step, segments, segment_step, run};
    const T* const bias = w.row(segments * run).data();
    nn::detail::affine_product<T>(runs, w.data(), bias, outputs, tail, y.data());
    matrix<double> left(rows, segments * run);
    for (index_t r = 0; r < rows; ++r)
        for (index_t s = 0; s < segments; ++s)
            for (index_t k = 0; k < run; ++k)
                left(r, s * run + k) = static_cast<double>(a(0, r * row_step + s * segment_step + k));
    const matrix<double> weights = w.template cast<double>();
    const matrix<double> product = left * weights.topRows(segments * run);
    const matrix<double> expected = product.rowwise() + weights.row(segments * run);
    const Eigen::Map<const matrix<T>> found(y.data(), rows, outputs);
    const double error = test::worst_difference(found, expected);
    nn::detail::affine_product<T>(runs, w.data(), nullptr, outputs, tail, y.data());
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
        for (index_t rows = 1; rows <= 19; ++rows) worst = std::max(worst, product_error<T>(rows, 1, 5, outputs));
        worst = std::max(worst, product_error<T>(40, 1, 1, outputs));
        worst = std::max(worst, product_error<T>(9, 3, 7, outputs));
    }
    for (const index_t run : {511, 512, 513, 1100})
        for (const index_t outputs : {1, 16, 70}) worst = std::max(worst, product_error<T>(9, 2, run, outputs));
    for (const index_t outputs : {64, 80, 96, 128, 129}) worst = std::max(worst, product_error<T>(17, 1, 20, outputs));
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

TEST_CASE("affine products agree with Eigen at every edge of lanes, blocks and runs") {
    check_products<float>();
    check_products<double>();
}

TEST_CASE("outer products add to the rows they are asked for, and to no others") {
    check_outer_products<float>();
    check_outer_products<double>();
}
