#include <lpntk/core/tensor.hpp>

#include "support/catch.hpp"

using lpntk::index_t;
using lpntk::matrix;

TEST_CASE("Eigen and xtensor copies hold the same numbers at the same places") {
    const matrix<float> values = matrix<float>::Random(3, 4);
    const auto array = lpntk::to_xtensor(values);
    REQUIRE(array.shape()[0] == 3);
    REQUIRE(array(2, 1) == values(2, 1));
    REQUIRE(lpntk::to_matrix(array) == values);
    const auto part = lpntk::to_xtensor(values.middleCols(1, 2));
    REQUIRE(part(2, 0) == values(2, 1));
    const lpntk::vector<double> line = lpntk::vector<double>::Random(5);
    REQUIRE(lpntk::to_vector(lpntk::to_xtensor(line)) == line);
    const std::vector<index_t> indices{4, 0, 2};
    REQUIRE(lpntk::to_indices(lpntk::to_xtensor(indices)) == indices);
}

TEST_CASE("column-major arrays and expressions keep their meaning") {
    xt::xarray<double, xt::layout_type::column_major> columns = {{1, 2, 3}, {4, 5, 6}};
    matrix<double> expected(2, 3);
    expected << 1, 2, 3, 4, 5, 6;
    REQUIRE(lpntk::to_matrix(columns) == expected);
    REQUIRE(lpntk::to_matrix(2.0 * columns) == 2.0 * expected);
}

TEST_CASE("N x C x H x W images become a dataset with channels last, and come back") {
    auto planes = xt::xtensor<float, 4>::from_shape({2, 3, 4, 5});
    for (std::size_t n = 0; n < 2; ++n)
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t y = 0; y < 4; ++y)
                for (std::size_t x = 0; x < 5; ++x)
                    planes(n, c, y, x) = static_cast<float>(1000 * n + 100 * c + 10 * y + x);
    const auto data = lpntk::make_dataset(planes, {1, 0}, 2);
    REQUIRE((data.shape == lpntk::image_shape{4, 5, 3}));
    for (index_t y = 0; y < 4; ++y)
        for (index_t x = 0; x < 5; ++x)
            for (index_t c = 0; c < 3; ++c)
                REQUIRE(data.inputs(1, (y * 5 + x) * 3 + c) == static_cast<float>(1000 + 100 * c + 10 * y + x));
    const bool same = lpntk::to_planes(data) == planes;  // both sides overload the operators of REQUIRE
    REQUIRE(same);
}

TEST_CASE("arrays with the wrong number of axes, labels or shape are refused") {
    const xt::xarray<double> cube = xt::xarray<double>::from_shape({2, 2, 2});
    REQUIRE_THROWS_AS(lpntk::to_matrix(cube), lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::to_vector(cube), lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::make_dataset(cube, {0, 1}, 2), lpntk::argument_error);
    const xt::xtensor<double, 4> images = xt::zeros<double>({2, 1, 2, 2});
    REQUIRE_THROWS_AS(lpntk::make_dataset(images, {0}, 2), lpntk::argument_error);
    lpntk::dataset<float> data{matrix<float>::Zero(2, 5), {0, 0}, 1, {2, 2, 1}};
    REQUIRE_THROWS_AS(lpntk::to_planes(data), lpntk::argument_error);
}
