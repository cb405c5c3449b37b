#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/io/byte_sink.hpp"
#include "lpntk/io/byte_source.hpp"
#include "lpntk/io/npy_header.hpp"
#include "lpntk/io/npy_integers.hpp"
#include "lpntk/io/npy_type.hpp"

/// NumPy's .npy files. Writing is atomic (write_file): the file is there whole or as it was before; what cannot be
/// written whole (no such directory, no right, a full disk) is a file_error. Reading throws file_error, naming the file
/// and what is wrong, when it is missing, no regular file, broken, truncated, too long, gzip, or of another type or
/// number of axes; and memory_error when there is no room.
namespace lpntk::inline LPNTK_TARGET::io {

namespace detail {

template <class T>
void write_npy_header_of(byte_sink& sink, std::initializer_list<index_t> shape) {
    npy_header header{npy_type::of<T>().spelling(), false, {}};
    for (const index_t extent : shape) header.shape.push_back(static_cast<std::uint64_t>(extent));
    write_npy_header(sink, header);
}

template <class T>
void write_rows(byte_sink& sink, const matrix_view<T>& rows) {
    for (index_t r = 0; r < rows.rows() && rows.cols() > 0; ++r)
        sink.write(rows.row(r).data(), static_cast<std::size_t>(rows.cols()) * sizeof(T));
}

/// Reads the header and makes sure of type, number of axes and that the numbers can be there.
template <class T>
npy_header read_npy_header_of(byte_source& source, std::size_t axes) {
    npy_header header = read_npy_header(source);
    if (npy_type::parse(header.type) != npy_type::of<T>())
        source.fail("holds numbers of type " + header.type + ", expected " + npy_type::of<T>().spelling());
    require_axes(header, axes, source);
    npy_bytes(header, sizeof(T), source);
    return header;
}

/// Reads the numbers of a matrix or vector straight into it.
template <class Matrix>
void read_npy_numbers(byte_source& source, Matrix& to) {
    source.read(to.data(), static_cast<std::uint64_t>(to.size()) * sizeof(typename Matrix::Scalar), "the numbers");
}

}  // namespace detail

/// Writes a row-major matrix as a two-axis .npy file, which NumPy reads as float32 or float64; a vector as one of one
/// axis. No copy of contiguous rows.
template <class Derived>
void write_npy(const std::filesystem::path& file, const Eigen::MatrixBase<Derived>& values) {
    using T = typename Derived::Scalar;
    write_file(file, [&](byte_sink& sink) {
        if constexpr (Derived::IsVectorAtCompileTime) {
            const vector<T> copy = values.derived();
            detail::write_npy_header_of<T>(sink, {copy.size()});
            sink.write(copy.data(), static_cast<std::size_t>(copy.size()) * sizeof(T));
        } else {
            const matrix_view<T> view(values.derived());
            detail::write_npy_header_of<T>(sink, {view.rows(), view.cols()});
            detail::write_rows<T>(sink, view);
        }
    });
}

/// Writes a similarity (a Gram, kernel_rows) as the N x N matrix that it is: O(N) memory, never the whole matrix.
template <similarity S>
void write_npy(const std::filesystem::path& file, const S& items) {
    using T = typename S::scalar;
    constexpr index_t block = 64;  // rows on demand cost less together
    write_file(file, [&](byte_sink& sink) {
        const index_t count = items.size();
        detail::write_npy_header_of<T>(sink, {count, count});
        matrix<T> rows(std::min(block, count), count);
        for (index_t first = 0; first < count; first += block) {
            std::vector<index_t> wanted(static_cast<std::size_t>(std::min(block, count - first)));
            std::iota(wanted.begin(), wanted.end(), first);
            auto read = rows.topRows(static_cast<index_t>(wanted.size()));
            read_rows(items, wanted, read);
            detail::write_rows<T>(sink, read);
        }
    });
}

/// Writes indices (of a vector, a selection) as a one-axis .npy file of int64.
inline void write_npy(const std::filesystem::path& file, std::span<const index_t> indices) {
    write_file(file, [&](byte_sink& sink) {
        detail::write_npy_header_of<index_t>(sink, {static_cast<index_t>(indices.size())});
        sink.write(indices.data(), indices.size_bytes());
    });
}

/// Reads a two-axis .npy file of T (float or double) straight into the matrix. Fortran order takes 64 bytes a row more.
template <class T>
matrix<T> read_npy(const std::filesystem::path& file) {
    byte_source source(file);
    const npy_header header = detail::read_npy_header_of<T>(source, 2);
    const auto rows = static_cast<index_t>(header.shape[0]), columns = static_cast<index_t>(header.shape[1]);
    auto values =
        source.with_memory(header.count(source) * sizeof(T), "the numbers", [&] { return matrix<T>(rows, columns); });
    if (!header.column_major) {
        detail::read_npy_numbers(source, values);
    } else if (values.size() > 0) {
        const index_t block = std::min<index_t>(64 / sizeof(T), columns);  // whole cache lines of a row
        Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> some;
        for (index_t first = 0; first < columns; first += block) {
            const index_t width = std::min(block, columns - first);
            source.with_memory(static_cast<std::uint64_t>(rows * width) * sizeof(T), "a block of columns",
                               [&] { some.resize(rows, width); });
            detail::read_npy_numbers(source, some);
            values.middleCols(first, width) = some;
        }
    }
    source.require_end();
    return values;
}

/// Reads a one-axis .npy file of T (float or double).
template <class T>
vector<T> read_npy_vector(const std::filesystem::path& file) {
    byte_source source(file);
    const npy_header header = detail::read_npy_header_of<T>(source, 1);
    auto values = source.with_memory(header.count(source) * sizeof(T), "the numbers",
                                     [&] { return vector<T>(static_cast<index_t>(header.shape[0])); });
    detail::read_npy_numbers(source, values);
    source.require_end();
    return values;
}

/// Reads a one-axis .npy file of any integer type (int8 to int64, uint8 to uint64, bool).
inline std::vector<index_t> read_npy_indices(const std::filesystem::path& file) {
    byte_source source(file);
    return detail::read_npy_integers<index_t>(source, [](std::int64_t, std::size_t) {});
}

/// Reads labels from a one-axis .npy file of any integer type. Throws file_error also for a label that is not in
/// [0, classes): names the first one.
inline std::vector<int> read_npy_labels(const std::filesystem::path& file, int classes) {
    require(classes >= 1, "read_npy_labels", "classes", classes, ">= 1");
    byte_source source(file);
    return detail::read_npy_integers<int>(source, [&](std::int64_t label, std::size_t i) {
        if (label < 0 || label >= classes)
            source.fail("label " + std::to_string(i) + " is " + std::to_string(label) + ", must be in [0, " +
                        std::to_string(classes) + ")");
    });
}

}  // namespace lpntk::io
