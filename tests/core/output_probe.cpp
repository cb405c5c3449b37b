#include "lpntk/core/output_probe.hpp"

#include "support/catch.hpp"

namespace {

using lpntk::matrix_probe;
using lpntk::vector_probe;

template <class Function>
concept fills_vector = requires(Function f, vector_probe<double> out) { f(out); };

template <class Function>
concept fills_matrix = requires(Function f, matrix_probe<float> out) { f(out); };

struct deduces_base {
    template <class Derived>
    void operator()(Eigen::MatrixBase<Derived>& out) const {
        out.setZero();
    }
};

struct deduces_const_base {
    template <class Derived>
    void operator()(const Eigen::MatrixBase<Derived>& out) const {
        const_cast<Eigen::MatrixBase<Derived>&>(out).setZero();
    }
};

struct deduces_ref {
    template <class Plain, int Options, class Stride>
    void operator()(Eigen::Ref<Plain, Options, Stride> out) const {
        out.setZero();
    }
};

struct deduces_scalar {
    template <class T>
    void operator()(lpntk::vector_span<T> out) const {
        out.setZero();
    }
};

template <class Out>
using function_of = void (*)(Out);

// A generic body that does with its output what bodies do.
constexpr auto writes_vector = [](auto out) {
    out.setConstant(2);
    out = lpntk::vector<double>::Ones(out.size());
    out = out + 2 * out;
    out.noalias() = lpntk::matrix<double>::Ones(out.size(), 2) * lpntk::vector<double>::Ones(2);
    out *= 3;
    out.array() += 1;
    out.segment(0, 1).setZero();
    out[0] = out(1) + out.sum();
    if (out.size() == 2) out << 1, 2;
    lpntk::vector_span<double> same = out;
    same.setZero();
    const lpntk::vector<double> copy(out);
    out = copy;
};

constexpr auto writes_matrix = [](auto&& out) {
    out = lpntk::matrix<float>::Ones(out.rows(), out.cols());
    out.row(0) *= 2;
    out(0, 0) = 1;
    lpntk::matrix_span<float> same = out;
    lpntk::row_of(same, 0).setZero();
};

}  // namespace

TEST_CASE("outputs taken by value are refused") {
    STATIC_REQUIRE_FALSE(fills_vector<function_of<lpntk::vector<double>>>);
    STATIC_REQUIRE_FALSE(fills_vector<function_of<const lpntk::vector<double>&>>);
    STATIC_REQUIRE_FALSE(fills_vector<function_of<lpntk::vector<double>&>>);
    STATIC_REQUIRE_FALSE(fills_vector<function_of<lpntk::vector<double>&&>>);
    STATIC_REQUIRE_FALSE(fills_vector<function_of<Eigen::MatrixXd>>);
    STATIC_REQUIRE_FALSE(fills_vector<function_of<Eigen::Vector3d>>);
    STATIC_REQUIRE_FALSE(fills_vector<function_of<Eigen::ArrayXd>>);
    STATIC_REQUIRE_FALSE(fills_vector<function_of<lpntk::vector_span<float>>>);
    STATIC_REQUIRE_FALSE(fills_matrix<function_of<lpntk::matrix<float>>>);
    STATIC_REQUIRE_FALSE(fills_matrix<function_of<const lpntk::matrix<float>&>>);
    STATIC_REQUIRE_FALSE(fills_matrix<function_of<Eigen::MatrixXf>>);
    STATIC_REQUIRE_FALSE(fills_matrix<function_of<lpntk::matrix_span<double>>>);
    STATIC_REQUIRE_FALSE(fills_vector<decltype([](lpntk::vector<double>) {})>);
}

TEST_CASE("spans are accepted, by value and by reference") {
    STATIC_REQUIRE(fills_vector<function_of<lpntk::vector_span<double>>>);
    STATIC_REQUIRE(fills_vector<function_of<lpntk::vector_span<double>&>>);
    STATIC_REQUIRE(fills_vector<function_of<const lpntk::vector_span<double>&>>);
    STATIC_REQUIRE(fills_vector<function_of<Eigen::Ref<Eigen::VectorXd>>>);
    STATIC_REQUIRE(fills_vector<function_of<Eigen::Ref<Eigen::VectorXd, 0, Eigen::InnerStride<>>>>);
    STATIC_REQUIRE(fills_matrix<function_of<lpntk::matrix_span<float>>>);
    STATIC_REQUIRE(fills_matrix<function_of<lpntk::matrix_span<float>&>>);
}

TEST_CASE("generic outputs are accepted, and their bodies compile") {
    STATIC_REQUIRE(fills_vector<decltype([](auto out) { out.setConstant(2); })>);
    STATIC_REQUIRE(fills_vector<decltype([](auto& out) { out.setConstant(2); })>);
    STATIC_REQUIRE(fills_vector<decltype([](auto&& out) { out.setConstant(2); })>);
    STATIC_REQUIRE(fills_vector<decltype([](const auto& out) { return out.size(); })>);
    STATIC_REQUIRE(fills_vector<decltype(writes_vector)>);
    STATIC_REQUIRE(fills_matrix<decltype(writes_matrix)>);
    STATIC_REQUIRE(fills_vector<deduces_base>);
    STATIC_REQUIRE(fills_vector<deduces_const_base>);
    STATIC_REQUIRE(fills_vector<deduces_ref>);
    STATIC_REQUIRE(fills_vector<deduces_scalar>);
    STATIC_REQUIRE(fills_matrix<deduces_base>);
    STATIC_REQUIRE(fills_matrix<deduces_ref>);
}

TEST_CASE("the bodies that a probe accepted write to the caller's numbers") {
    lpntk::vector<double> numbers(2);
    lpntk::vector_span<double> out(numbers);
    writes_vector(out);
    CHECK(numbers == lpntk::vector<double>::Zero(2));
    lpntk::matrix<float> block = lpntk::matrix<float>::Zero(2, 2);
    lpntk::matrix_span<float> rows(block);
    writes_matrix(rows);
    CHECK(block(0, 0) == 0);
    CHECK(block(1, 1) == 1);
}
