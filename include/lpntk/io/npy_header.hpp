#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lpntk/io/byte_sink.hpp"
#include "lpntk/io/byte_source.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// What the header of a .npy file says: type as NumPy spells it ("<f4": little-endian float32), order, shape.
struct npy_header {
    std::string type;
    bool column_major = false;
    std::vector<std::uint64_t> shape;

    /// Product of the shape; 0 axes: 1. Throws file_error naming `file` when 2^63 numbers are not enough.
    std::uint64_t count(const byte_source& file) const {
        std::uint64_t product = 1;
        for (const std::uint64_t extent : shape) {
            if (extent != 0 && product > std::numeric_limits<std::int64_t>::max() / extent)
                file.fail("claims a shape that no memory holds");
            product *= extent;
        }
        return product;
    }
};

namespace detail {

/// How NumPy spells T on this machine: "<f4", "<f8", "<i8".
template <class T>
std::string npy_type() {
    static_assert(std::is_floating_point_v<T> || (std::is_integral_v<T> && std::is_signed_v<T>));
    return (std::endian::native == std::endian::little ? "<" : ">") +
           std::string(std::is_integral_v<T> ? "i" : "f") + std::to_string(sizeof(T));
}

/// Reads the Python dictionary in a .npy header, keys in any order; complaints go through the source.
class npy_dictionary {
public:
    npy_dictionary(std::string_view text, const byte_source& source) : left_(text), source_(source) {}

    npy_header read() {
        npy_header header;
        bool has_type = false, has_order = false, has_shape = false;
        expect('{');
        while (!accept('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr" && !has_type) {
                header.type = quoted();
                has_type = true;
            } else if (key == "fortran_order" && !has_order) {
                header.column_major = boolean();
                has_order = true;
            } else if (key == "shape" && !has_shape) {
                header.shape = extents();
                has_shape = true;
            } else {
                bad();
            }
            if (!accept(',') && !starts('}')) bad();
        }
        if (!has_type || !has_order || !has_shape) bad();
        skip();
        if (!left_.empty()) bad();
        return header;
    }

private:
    [[noreturn]] void bad() const { source_.fail("has a .npy header that cannot be understood"); }

    void skip() {
        while (!left_.empty() && (left_.front() == ' ' || left_.front() == '\n')) left_.remove_prefix(1);
    }
    bool starts(char c) {
        skip();
        return !left_.empty() && left_.front() == c;
    }
    bool accept(char c) {
        if (!starts(c)) return false;
        left_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!accept(c)) bad();
    }

    std::string quoted() {
        const char mark = starts('"') ? '"' : '\'';
        expect(mark);
        const std::size_t end = left_.find(mark);
        if (end == std::string_view::npos) bad();
        const std::string text(left_.substr(0, end));
        left_.remove_prefix(end + 1);
        return text;
    }

    bool boolean() {
        skip();
        for (const bool value : {true, false}) {
            const std::string_view word = value ? "True" : "False";
            if (left_.substr(0, word.size()) != word) continue;
            left_.remove_prefix(word.size());
            return value;
        }
        bad();
    }

    std::vector<std::uint64_t> extents() {
        std::vector<std::uint64_t> shape;
        expect('(');
        while (!accept(')')) {
            shape.push_back(number());
            if (!accept(',') && !starts(')')) bad();
        }
        return shape;
    }

    std::uint64_t number() {
        skip();
        std::uint64_t value = 0;
        std::size_t digits = 0;
        for (; digits < left_.size() && left_[digits] >= '0' && left_[digits] <= '9'; ++digits)
            value = 10 * value + static_cast<std::uint64_t>(left_[digits] - '0');
        if (digits == 0 || digits > 18) bad();
        left_.remove_prefix(digits);
        return value;
    }

    std::string_view left_;
    const byte_source& source_;
};

}  // namespace detail

/// Reads the header of a .npy file (format versions 1 to 3) and leaves the source at its numbers.
/// Throws file_error, naming the file and what is wrong. The length of the header is bounded by the file.
inline npy_header read_npy_header(byte_source& source) {
    const auto start = source.read(8, "the .npy header");
    if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0) source.fail("is no .npy file");
    if (start[6] < 1 || start[6] > 3) source.fail("has .npy version " + std::to_string(start[6]) + ", must be 1 to 3");
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

/// The bytes of all numbers, `width` each. The file ends after them.
inline std::vector<std::uint8_t> read_npy_numbers(byte_source& source, const npy_header& header, std::size_t width) {
    const std::uint64_t count = header.count(source);
    if (count > std::numeric_limits<std::int64_t>::max() / width) source.fail("claims a shape that no memory holds");
    auto bytes = source.read(count * width, "the numbers");
    source.require_end();
    return bytes;
}

}  // namespace detail

/// Writes the header of a .npy file (format version 1) as NumPy does: numbers start at a multiple of 64 bytes.
inline void write_npy_header(byte_sink& sink, const npy_header& header) {
    std::string text = "{'descr': '" + header.type + "', 'fortran_order': " + (header.column_major ? "True" : "False") +
                       ", 'shape': (";
    for (std::size_t axis = 0; axis < header.shape.size(); ++axis)
        text += (axis > 0 ? " " : "") + std::to_string(header.shape[axis]) +
                (axis == 0 || axis + 1 < header.shape.size() ? "," : "");
    text += "), }";
    constexpr std::size_t before = 10;   // magic, version, length
    text.append(63 - (before + text.size()) % 64, ' ');
    text += '\n';
    const char start[before] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<char>(text.size() % 256),
                                static_cast<char>(text.size() / 256)};
    sink.write({start, before});
    sink.write(text);
}

}  // namespace lpntk::io
