#pragma once

#include <limits>
#include <string>
#include <vector>

#include <lpntk/core/random.hpp>
#include <lpntk/core/types.hpp>

namespace test {

/// A two-axis file of tests/data, without its ending: "layers/linear_x".
lpntk::matrix<double> read_golden(const std::string& name);

/// A one-axis file of labels.
std::vector<int> golden_labels(const std::string& name);

template <class T>
lpntk::matrix<T> golden(const std::string& name) {
    return read_golden(name).cast<T>();
}

template <class T>
lpntk::vector<T> golden_row(const std::string& name, lpntk::index_t row = 0) {
    return read_golden(name).row(row).transpose().cast<T>();
}

template <class T>
lpntk::matrix<T> random_rows(lpntk::index_t rows, lpntk::index_t columns, std::uint64_t seed) {
    lpntk::random_stream draw(seed);
    lpntk::matrix<T> values(rows, columns);
    for (lpntk::index_t i = 0; i < values.size(); ++i) values.data()[i] = static_cast<T>(draw.normal());
    return values;
}

/// Largest |found - expected|, relative to the largest |expected| (absolute when all are 0); infinite when sizes
/// differ or a number is not finite.
template <class Found, class Expected>
double worst_difference(const Eigen::MatrixBase<Found>& found, const Eigen::MatrixBase<Expected>& expected) {
    if (found.rows() != expected.rows() || found.cols() != expected.cols() || !found.allFinite())
        return std::numeric_limits<double>::infinity();
    if (expected.size() == 0) return 0;
    const lpntk::matrix<double> right = expected.template cast<double>();
    const double largest = right.cwiseAbs().maxCoeff();
    return (found.template cast<double>() - right).cwiseAbs().maxCoeff() / (largest > 0 ? largest : 1);
}

}  // namespace test
