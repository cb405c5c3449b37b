#include <lpntk/core/sample_rows.hpp>

#include <type_traits>

#include "support/catch.hpp"

using lpntk::matrix, lpntk::sample_rows, lpntk::vector;

// Matrices, blocks, maps, one row; never a column vector, which would be D samples of one number.
static_assert(std::is_convertible_v<matrix<double>, sample_rows<double>>);
static_assert(std::is_convertible_v<Eigen::MatrixXd, sample_rows<double>>);
static_assert(std::is_convertible_v<lpntk::matrix_view<double>, sample_rows<double>>);
static_assert(std::is_convertible_v<Eigen::Map<const matrix<double>>, sample_rows<double>>);
static_assert(std::is_convertible_v<decltype(std::declval<matrix<double>&>().topRows(2)), sample_rows<double>>);
static_assert(std::is_convertible_v<decltype(std::declval<vector<double>&>().transpose()), sample_rows<double>>);
static_assert(!std::is_convertible_v<vector<double>, sample_rows<double>>);
static_assert(!std::is_convertible_v<lpntk::vector_view<double>, sample_rows<double>>);
static_assert(
    !std::is_convertible_v<decltype(std::declval<matrix<double>&>().row(0).transpose()), sample_rows<double>>);

TEST_CASE("sample rows see row-major numbers in place and others as a copy", "[core]") {
    const matrix<double> rows = matrix<double>::Random(5, 3);
    CHECK(sample_rows<double>(rows).data() == rows.data());
    CHECK(sample_rows<double>(rows.middleRows(1, 2)).data() == rows.row(1).data());
    const Eigen::MatrixXd columns = rows;
    CHECK(sample_rows<double>(columns) == rows);
    const vector<double> one = rows.row(2).transpose();
    CHECK(sample_rows<double>(one.transpose()) == rows.row(2));
}
