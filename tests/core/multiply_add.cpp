#include <cmath>

#include "lpntk/core/random.hpp"
#include "lpntk/core/register_block.hpp"
#include "support/catch.hpp"

namespace micro = lpntk::micro;
using lpntk::index_t;

namespace {

template <class T>
lpntk::matrix<T> random_matrix(index_t rows, index_t columns, std::uint64_t seed) {
    lpntk::random_stream random(seed);
    return lpntk::matrix<T>::NullaryExpr(rows, columns, [&] { return static_cast<T>(random.normal()); });
}

template <class T>
T add_product(T sum, T a, T b) {
#if defined(__FMA__)
    return std::fma(a, b, sum);
#else
    const volatile T product = a * b;
    return sum + product;
#endif
}

template <class T, int Rows, int Vectors>
void check_block(index_t depth) {
    constexpr index_t lanes = micro::lanes_of<T>;
    const lpntk::matrix<T> a = random_matrix<T>(Rows, depth, 1), b = random_matrix<T>(depth, Vectors * lanes, 2);
    micro::register_block<T, Rows, Vectors> block;
    block.multiply_add(depth, {a.data(), depth, 1}, {b.data(), lanes, Vectors * lanes});
    block.for_each([&](int r, int v, const auto& sums) {
        T values[lanes];
        micro::store<T>(values, sums);
        for (index_t l = 0; l < lanes; ++l) {
            T expected = 0;
            for (index_t k = 0; k < depth; ++k) expected = add_product(expected, a(r, k), b(k, v * lanes + l));
            REQUIRE(values[l] == expected);
        }
    });
}

}  // namespace

TEMPLATE_TEST_CASE("a block of any size adds its products one after the other, each rounded as the machine does", "",
                   float, double) {
    for (const index_t depth : {1, 2, 7, 64, 301}) {
        check_block<TestType, 1, 1>(depth);
        check_block<TestType, 1, 2>(depth);
        check_block<TestType, 1, 3>(depth);
        check_block<TestType, 2, 1>(depth);
        check_block<TestType, 2, 3>(depth);
        check_block<TestType, 4, 1>(depth);
        check_block<TestType, 4, 3>(depth);
        check_block<TestType, 8, 2>(depth);
    }
}
