#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "lpntk/io/byte_sink.hpp"
#include "lpntk/io/byte_source.hpp"
#include "lpntk/io/npy_dictionary.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Reads the header of a .npy file (format versions 1.0 to 3.0) and leaves the source at its numbers.
/// Throws file_error, naming the file and what is wrong, also when it is gzip.
inline npy_header read_npy_header(byte_source& source) {
    if (source.is_gzip()) source.fail("is gzip, which NumPy does not read as .npy: unpack it first");
    const auto start = source.read(8, "the .npy header");
    if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0) source.fail("is no .npy file");
    if (start[6] < 1 || start[6] > 3 || start[7] != 0)
        source.fail("has .npy version " + std::to_string(start[6]) + "." + std::to_string(start[7]) +
                    ", must be 1.0, 2.0 or 3.0");
    const auto bytes = source.read(start[6] == 1 ? 2 : 4, "the .npy header");
    std::uint64_t length = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) length = 256 * length + bytes[i - 1];
    if (length > 65536) source.fail("has a .npy header of " + std::to_string(length) + " bytes, must be 65536 at most");
    const auto text = source.read(length, "the .npy header");
    return detail::npy_dictionary({reinterpret_cast<const char*>(text.data()), text.size()}, source).read();
}

namespace detail {

inline void require_axes(const npy_header& header, std::size_t axes, const byte_source& source) {
    if (header.shape.size() != axes)
        source.fail("has " + std::to_string(header.shape.size()) + " axes, expected " + std::to_string(axes));
}

/// The bytes of all numbers, `width` each. Throws unless that many are left.
inline std::uint64_t npy_bytes(const npy_header& header, std::size_t width, const byte_source& source) {
    const std::uint64_t count = header.count(source);
    if (count > std::numeric_limits<std::int64_t>::max() / width) source.fail("claims a shape that no memory holds");
    source.require_left(count * width, "the numbers");
    return count * width;
}

}  // namespace detail

/// The header of a .npy file (format version 1) as NumPy writes it: numbers start at a multiple of 64 bytes.
inline std::string npy_header_text(const npy_header& header) {
    std::string text = "{'descr': '" + header.type + "', 'fortran_order': " + (header.column_major ? "True" : "False") +
                       ", 'shape': (";
    for (std::size_t axis = 0; axis < header.shape.size(); ++axis) {
        if (axis > 0) text += ' ';
        text += std::to_string(header.shape[axis]);
        if (axis == 0 || axis + 1 < header.shape.size()) text += ',';
    }
    text += "), }";
    constexpr std::size_t before = 10;  // magic, version, length
    text.append(63 - (before + text.size()) % 64, ' ');
    text += '\n';
    std::string start("\x93NUMPY\1", 7);
    for (const std::size_t byte : {std::size_t{0}, text.size() % 256, text.size() / 256})
        start += static_cast<char>(byte);
    return start + text;
}

/// Writes it.
inline void write_npy_header(byte_sink& sink, const npy_header& header) { sink.write(npy_header_text(header)); }

}  // namespace lpntk::io
