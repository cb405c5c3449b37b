#pragma once

#include <istream>

#include <lpntk/core/types.hpp>

namespace test {

/// The next rows x columns numbers of a text.
inline lpntk::matrix<double> numbers(std::istream& from, lpntk::index_t rows, lpntk::index_t columns) {
    lpntk::matrix<double> values(rows, columns);
    for (lpntk::index_t i = 0; i < rows; ++i)
        for (lpntk::index_t j = 0; j < columns; ++j) from >> values(i, j);
    return values;
}

}  // namespace test
