#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
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

/// NumPy's .npy files. Writing is atomic: the file is there whole or as it was before; what cannot be written whole (no
/// such directory, no right, a full disk) is a file_error. Reading throws file_error, naming the file and what is
/// wrong, when it is missing, broken, truncated, too long, or of another type or number of axes.
namespace lpntk::inline LPNTK_TARGET::io {

namespace detail {

template <class T>
void write_npy_header_of(byte_sink& sink, std::initializer_list<index_t> shape) {
    npy_header header{npy_type<T>(), false, {}};
    for (const index_t extent : shape) header.shape.push_back(static_cast<std::uint64_t>(extent));
    write_npy_header(sink, header);
}

template <class T>
void write_rows(byte_sink& sink, const matrix_view<T>& rows) {
    for (index_t r = 0; r < rows.rows(); ++r)
        sink.write(rows.row(r).data(), static_cast<std::size_t>(rows.cols()) * sizeof(T));
}

/// Reads the header and makes sure of type and number of axes.
template <class T>
npy_header read_npy_header_of(byte_source& source, std::size_t axes) {
    npy_header header = read_npy_header(source);
    if (header.type != npy_type<T>())
        source.fail("holds numbers of type " + header.type + ", expected " + npy_type<T>());
    require_axes(header, axes, source);
    return header;
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
    constexpr index_t block = 64;   // rows on demand cost less together
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

/// Reads a two-axis .npy file of T (float or double), C or Fortran order. Holds the numbers twice while it runs.
template <class T>
matrix<T> read_npy(const std::filesystem::path& file) {
    byte_source source(file);
    const npy_header header = detail::read_npy_header_of<T>(source, 2);
    const auto bytes = detail::read_npy_numbers(source, header, sizeof(T));
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

/// Reads a one-axis .npy file of T (float or double).
template <class T>
vector<T> read_npy_vector(const std::filesystem::path& file) {
    byte_source source(file);
    const npy_header header = detail::read_npy_header_of<T>(source, 1);
    const auto bytes = detail::read_npy_numbers(source, header, sizeof(T));
    vector<T> values(static_cast<index_t>(header.shape[0]));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

/// Reads a one-axis .npy file of any integer type (int8 to int64, uint8 to uint64, bool).
inline std::vector<index_t> read_npy_indices(const std::filesystem::path& file) {
    byte_source source(file);
    const auto values = detail::read_npy_integers(source);
    return {values.begin(), values.end()};
}

/// Reads labels from a one-axis .npy file of any integer type. Throws file_error also for a label that is not in
/// [0, classes): names the first one.
inline std::vector<int> read_npy_labels(const std::filesystem::path& file, int classes) {
    require(classes >= 1, "read_npy_labels", "classes", classes, ">= 1");
    byte_source source(file);
    std::vector<int> labels;
    for (const std::int64_t label : detail::read_npy_integers(source)) {
        if (label < 0 || label >= classes)
            source.fail("label " + std::to_string(labels.size()) + " is " + std::to_string(label) +
                        ", must be in [0, " + std::to_string(classes) + ")");
        labels.push_back(static_cast<int>(label));
    }
    return labels;
}

}  // namespace lpntk::io
