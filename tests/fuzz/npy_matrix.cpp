#include <fstream>
#include <iterator>

#include <lpntk/io/npy.hpp>

#include "fuzz/npy_oracle.hpp"

namespace {

/// The file read as a matrix of T against the oracle, and what is written of it.
template <class T>
void run(const std::filesystem::path& path, const std::optional<fuzz::npy_file>& expected) {
    const auto read = fuzz::accepted([&] { return lpntk::io::read_npy<T>(path); });
    const bool whole = expected && expected->shape.size() == 2 && fuzz::fills(*expected, sizeof(T)) &&
                       fuzz::is_spelling(expected->type, "f" + std::to_string(sizeof(T)));
    fuzz::check(read.has_value() == whole, "whole matrices are read, others refused");
    if (!read) return;
    const auto rows = static_cast<std::size_t>(read->rows()), columns = static_cast<std::size_t>(read->cols());
    fuzz::check(rows == expected->shape[0] && columns == expected->shape[1], "the shape is that of the header");
    for (std::size_t r = 0; read->size() > 0 && r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) {
            const std::size_t at = expected->column_major ? c * rows + r : r * columns + c;
            fuzz::check(std::memcmp(read->data() + r * columns + c, &expected->numbers[at * sizeof(T)], sizeof(T)) == 0,
                        "numbers are in their places, bit by bit");
        }

    const auto written = fuzz::folder() / "written.npy";
    lpntk::io::write_npy(written, *read);
    const auto again = lpntk::io::read_npy<T>(written);
    fuzz::check(again.rows() == read->rows() && again.cols() == read->cols() &&
                    (again.size() == 0 || std::memcmp(again.data(), read->data(), rows * columns * sizeof(T)) == 0),
                "what is written is read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::memory_file file;
    const auto expected = fuzz::parse_npy({data, size});
    const auto path = file.with({data, size});
    run<float>(path, expected);
    run<double>(path, expected);
    return 0;
}
