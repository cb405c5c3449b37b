#include <lpntk/kernel/contraction.hpp>

#include "kernel/models.hpp"
#include "support/catch.hpp"

using lpntk::index_t;

namespace {

/// One dense part of random numbers: normal, or all of one sign, which is the worst for rounding.
lpntk::matrix<float> long_rows(index_t rows, index_t columns, bool one_sign) {
    lpntk::matrix<float> values = test::random_matrix<float>(rows, columns, 11);
    if (one_sign) values = values.cwiseAbs();
    return values;
}

template <class T>
lpntk::features<T> dense_features(const lpntk::matrix<T>& values) {
    auto part = lpntk::feature_part<T>::allocate({"all", values.cols()}, lpntk::part_form::dense, values.rows());
    part.left.set_rows(0, values);
    return {values.rows(), {std::move(part)}};
}

/// <phi_i, phi_j> of a tile's samples.
template <class T>
const lpntk::tile_sums<T>& contract(const lpntk::features<T>& phi, const lpntk::tile_range& range,
                                    lpntk::contraction<T>& worker, lpntk::tile_sums<T>& sums) {
    sums.begin(range);
    worker(phi, phi, lpntk::all_parts(phi), sums);
    return sums;
}

}  // namespace

TEST_CASE("float sums over a million parameters are within 1e-5 of double") {
    for (const bool one_sign : {false, true}) {
        const lpntk::matrix<float> values = long_rows(5, 1'000'003, one_sign);
        const lpntk::matrix<double> wide = values.cast<double>();
        const lpntk::matrix<double> exact = wide * wide.transpose();
        lpntk::contraction<float> worker;
        lpntk::tile_sums<float> sums;
        const auto& tile = contract(dense_features(values), {0, 5, 0, 5}, worker, sums);
        double worst = 0;
        for (index_t i = 0; i < 5; ++i)
            for (index_t j = 0; j < 5; ++j)
                worst = std::max(worst, std::abs(static_cast<double>(tile.row(i)[j]) - exact(i, j)) /
                                            std::sqrt(exact(i, i) * exact(j, j)));
        INFO("worst relative error " << worst);
        REQUIRE(worst <= 1e-5);
    }
}

TEST_CASE("a lower tile holds everything up to its diagonal, at any place of the matrix") {
    const lpntk::matrix<double> values = test::random_matrix<double>(150, 300, 2);
    const auto phi = dense_features(values);
    const lpntk::matrix<double> exact = values * values.transpose();
    lpntk::contraction<double> worker;  // reused: larger and smaller tiles must not see each other's numbers
    lpntk::tile_sums<double> sums;
    for (const lpntk::tile_range range : {lpntk::tile_range{0, 150, 0, 150, true},
                                          {96, 54, 96, 54, true},
                                          {48, 102, 0, 150, true},
                                          {16, 5, 16, 5, true},
                                          {32, 90, 48, 33, false}}) {
        const auto& tile = contract(phi, range, worker, sums);
        for (index_t r = 0; r < range.rows; ++r)
            for (index_t c = 0; c < range.columns; ++c)
                if (!range.lower || range.column + c <= range.row + r)
                    REQUIRE(std::abs(tile.row(r)[c] - exact(range.row + r, range.column + c)) < 1e-11);
    }
}

TEST_CASE("scalars without vectors contract by the same code") {
    const lpntk::matrix<long double> values = test::random_matrix<long double>(7, 300, 2);
    lpntk::contraction<long double> worker;
    lpntk::tile_sums<long double> sums;
    const auto& tile = contract(dense_features(values), {0, 7, 0, 7}, worker, sums);
    const lpntk::matrix<long double> exact = values * values.transpose();
    for (index_t i = 0; i < 7; ++i)
        for (index_t j = 0; j < 7; ++j) REQUIRE(std::abs(tile.row(i)[j] - exact(i, j)) < 1e-14L);
}
