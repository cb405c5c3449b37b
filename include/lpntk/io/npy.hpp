#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "lpntk/core/tensor.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/io/atomic_file.hpp"
#include "lpntk/io/npy_header.hpp"

namespace lpntk::io {

namespace detail {

/// How NumPy spells T on this machine: "<f4", "<f8", "<i8".
template <class T>
std::string npy_type() {
    static_assert(std::is_floating_point_v<T> || (std::is_integral_v<T> && std::is_signed_v<T>));
    return (std::endian::native == std::endian::little ? "<" : ">") +
           std::string(std::is_integral_v<T> ? "i" : "f") + std::to_string(sizeof(T));
}

/// Reads the header and makes sure of type and number of axes.
template <class T>
npy_header read_npy_header_of(byte_source& source, std::size_t axes) {
    npy_header header = read_npy_header(source);
    if (header.type != npy_type<T>())
        source.fail("holds numbers of type " + header.type + ", expected " + npy_type<T>());
    if (header.shape.size() != axes)
        source.fail("has " + std::to_string(header.shape.size()) + " axes, expected " + std::to_string(axes));
    return header;
}

/// The bytes of all numbers. The file ends after them.
template <class T>
std::vector<std::uint8_t> read_npy_numbers(byte_source& source, const npy_header& header) {
    const std::uint64_t count = header.count(source);
    if (count > std::numeric_limits<std::int64_t>::max() / sizeof(T)) source.fail("claims a shape that no memory holds");
    auto bytes = source.read(count * sizeof(T), "the numbers");
    source.require_end();
    return bytes;
}

/// Writes to a temporary file, checks that all of it arrived (xtensor does not), renames.
template <class Values, class Dump>
void write_npy_file(const std::filesystem::path& file, const Values& values, std::uint64_t bytes, Dump&& dump) {
    write_atomically(file, [&](const std::filesystem::path& temporary) {
        try {
            dump(temporary.string(), values);
        } catch (const std::runtime_error&) {
            throw file_error(file.string(), "cannot be written: no such directory, or no right to write there");
        }
        std::error_code failure;
        const auto written = std::filesystem::file_size(temporary, failure);
        constexpr std::uint64_t smallest_header = 64;
        if (failure || written < bytes + smallest_header)
            throw file_error(file.string(), "cannot be written whole: is the disk full?");
    });
}

}  // namespace detail

/// Writes a row-major matrix as a two-axis .npy file, which NumPy reads as float32 or float64. Atomic: the file
/// is there whole or as it was before. Throws file_error when it cannot be written. No copy of contiguous rows.
template <class Derived>
void write_npy(const std::filesystem::path& file, const Eigen::MatrixBase<Derived>& values) {
    using T = typename Derived::Scalar;
    const auto bytes = static_cast<std::uint64_t>(values.size()) * sizeof(T);
    if constexpr (Derived::IsVectorAtCompileTime) {
        const vector<T> copy = values.derived();
        detail::write_npy_file(file, copy, bytes, [](const std::string& name, const vector<T>& v) {
            lpntk::detail::dump_npy<T>(name, std::span<const T>(v.data(), static_cast<std::size_t>(v.size())));
        });
    } else {
        const matrix_view<T> view(values.derived());
        detail::write_npy_file(file, view, bytes, [](const std::string& name, const matrix_view<T>& v) {
            lpntk::detail::dump_npy<T>(name, v);
        });
    }
}

/// Writes indices as a one-axis .npy file of int64. Atomic; throws file_error like the one for matrices.
inline void write_npy(const std::filesystem::path& file, std::span<const index_t> indices) {
    detail::write_npy_file(file, indices, indices.size_bytes(),
                           [](const std::string& name, const std::span<const index_t>& v) {
                               lpntk::detail::dump_npy<index_t>(name, v);
                           });
}

/// Reads a two-axis .npy file of T (float or double), C or Fortran order. Throws file_error, naming the file and
/// what is wrong, when it is missing, broken, truncated, too long, or of another type or number of axes.
/// Holds the numbers twice while it runs.
template <class T>
matrix<T> read_npy(const std::filesystem::path& file) {
    byte_source source(file);
    const npy_header header = detail::read_npy_header_of<T>(source, 2);
    const auto bytes = detail::read_npy_numbers<T>(source, header);
    matrix<T> values(static_cast<index_t>(header.shape[0]), static_cast<index_t>(header.shape[1]));
    if (header.column_major) {
        Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> columns(values.rows(), values.cols());
        if (!bytes.empty()) std::memcpy(columns.data(), bytes.data(), bytes.size());
        values = columns;
    } else if (!bytes.empty()) {
        std::memcpy(values.data(), bytes.data(), bytes.size());
    }
    return values;
}

/// Reads a one-axis .npy file of T. Throws file_error like read_npy.
template <class T>
vector<T> read_npy_vector(const std::filesystem::path& file) {
    byte_source source(file);
    const npy_header header = detail::read_npy_header_of<T>(source, 1);
    const auto bytes = detail::read_npy_numbers<T>(source, header);
    vector<T> values(static_cast<index_t>(header.shape[0]));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

/// Reads a one-axis .npy file of int64. Throws file_error like read_npy.
inline std::vector<index_t> read_npy_indices(const std::filesystem::path& file) {
    const vector<index_t> values = read_npy_vector<index_t>(file);
    return {values.begin(), values.end()};
}

}  // namespace lpntk::io
