#include <lpntk/kernel/panel_matrix.hpp>

#include "kernel/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;
using lpntk::panel_matrix;

namespace {

template <class T>
void round_trip(index_t rows, index_t columns, index_t positions) {
    const lpntk::matrix<T> values = test::random_matrix<T>(rows, columns * positions, 3);
    panel_matrix<T> packed(rows, columns, positions);
    const index_t half = rows / 2 / panel_matrix<T>::lanes * panel_matrix<T>::lanes;
    packed.set_rows(half, values.bottomRows(rows - half));
    if (half > 0) packed.set_rows(0, values.topRows(half));
    REQUIRE(packed.to_matrix() == values);

    // Every number of the last panel beyond the last row is zero: the contraction reads it.
    for (index_t t = 0; t < positions; ++t)
        for (index_t b = 0; b < packed.blocks(); ++b)
            for (index_t k = 0; k < packed.block(b).depth; ++k)
                for (index_t lane = rows % packed.lanes; lane > 0 && lane < packed.lanes; ++lane)
                    REQUIRE(packed.panel(t, packed.block(b), packed.panels() - 1)[k * packed.lanes + lane] == T(0));

    const std::vector<index_t> wanted{rows - 1, 0, rows / 2, rows - 1};
    panel_matrix<T> some(static_cast<index_t>(wanted.size()), columns, positions);
    for (index_t p = 0; p < some.panels(); ++p) some.gather_panel(packed, wanted, p);
    for (std::size_t r = 0; r < wanted.size(); ++r)
        REQUIRE(some.to_matrix().row(static_cast<index_t>(r)) == values.row(wanted[r]));
}

}  // namespace

TEST_CASE("a panel matrix gives back what was packed, at every edge") {
    for (const index_t rows : {1, 2, 15, 16, 17, 33, 70})
        for (const index_t columns : {1, 3, 16, 40, 255, 256, 257, 530}) {
            round_trip<float>(rows, columns, 1);
            round_trip<double>(rows, columns, 1);
        }
    round_trip<float>(19, 7, 5);
    round_trip<double>(35, 300, 3);
    round_trip<long double>(5, 7, 2);
}

TEST_CASE("panels are aligned, and a depth block of neighbouring panels is one piece") {
    const panel_matrix<float> packed(100, 300);
    REQUIRE(packed.bytes() == static_cast<std::size_t>(lpntk::micro::padded<float>(100) * 300) * sizeof(float));
    for (index_t b = 0; b < packed.blocks(); ++b)
        for (index_t p = 0; p < packed.panels(); ++p) {
            const float* panel = packed.panel(0, packed.block(b), p);
            REQUIRE(reinterpret_cast<std::uintptr_t>(panel) % lpntk::micro::vector_bytes == 0);
            REQUIRE(panel == packed.panel(0, packed.block(b), 0) + p * packed.block(b).depth * packed.lanes);
        }
}

TEST_CASE("a panel matrix refuses rows that would tear a panel") {
    panel_matrix<float> packed(5 * lpntk::micro::lanes_of<float>, 3);
    const lpntk::matrix<float> one = lpntk::matrix<float>::Zero(1, 3);
    REQUIRE_THROWS_AS(packed.set_rows(1, one), lpntk::argument_error);
    REQUIRE_THROWS_AS(packed.set_rows(-lpntk::micro::lanes_of<float>, one), lpntk::argument_error);
    if (lpntk::micro::lanes_of<float> > 1) REQUIRE_THROWS_AS(packed.set_rows(0, one), lpntk::argument_error);
    const lpntk::matrix<float> narrow = lpntk::matrix<float>::Zero(lpntk::micro::lanes_of<float>, 2);
    REQUIRE_THROWS_AS(packed.set_rows(0, narrow), lpntk::argument_error);
}

TEST_CASE("memory that cannot be had is named with its bytes") {
    const auto message_for = [](index_t rows, index_t columns) {
        return test::message_of<lpntk::memory_error>(
            [&] { panel_matrix<float>(rows, columns, 1, "features of part \"conv\""); });
    };
    const std::string too_many = message_for(index_t{1} << 40, index_t{1} << 21);
    REQUIRE(too_many.find("features of part \"conv\"") != std::string::npos);
    REQUIRE(too_many.find("9223372036854775808 bytes") != std::string::npos);
#if !defined(__SANITIZE_ADDRESS__)  // whose allocator ends the program instead of giving up
    REQUIRE(message_for(index_t{1} << 40, 1 << 10).find("4503599627370496 bytes") != std::string::npos);
#endif
}

TEST_CASE("copies of a panel matrix are deep") {
    panel_matrix<float> packed(3, 2);
    packed.set_rows(0, lpntk::matrix<float>::Ones(3, 2));
    const panel_matrix<float> copy = packed;
    packed.set_rows(0, lpntk::matrix<float>::Zero(3, 2));
    REQUIRE(copy.to_matrix() == lpntk::matrix<float>::Ones(3, 2));
}
