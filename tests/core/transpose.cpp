#include <lpntk/core/transpose.hpp>

#include "support/catch.hpp"

using lpntk::index_t;

TEMPLATE_TEST_CASE("a transpose is added to what is there, for whole vectors and for the rest", "", float, double) {
    for (const index_t rows : {1, 7, 16, 33, 48})
        for (const index_t columns : {1, 8, 17, 32}) {
            lpntk::matrix<TestType> from(rows, columns), to = lpntk::matrix<TestType>::Constant(columns, rows, 2);
            for (index_t i = 0; i < from.size(); ++i) from.data()[i] = static_cast<TestType>(i);
            lpntk::micro::add_transposed(from.data(), rows, columns, to.data());
            for (index_t r = 0; r < rows; ++r)
                for (index_t c = 0; c < columns; ++c) REQUIRE(to(c, r) == from(r, c) + 2);
        }
}

TEMPLATE_TEST_CASE("a square is transposed out of wider rows", "", float, double) {
    constexpr index_t lanes = lpntk::micro::lanes_of<TestType>;
    lpntk::matrix<TestType> from(lanes, lanes + 3), to(lanes, lanes);
    for (index_t i = 0; i < from.size(); ++i) from.data()[i] = static_cast<TestType>(i);
    lpntk::micro::transpose_square(from.data(), from.cols(), to.data());
    REQUIRE(to == from.leftCols(lanes).transpose());
}
