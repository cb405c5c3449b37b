#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/io/byte_source.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// What the header of a .npy file says: type as NumPy spells it ("<f4": little-endian float32), order, shape.
struct npy_header {
    std::string type;                  ///< "descr" as it stands there
    bool column_major = false;         ///< "fortran_order": the first index runs fastest
    std::vector<std::uint64_t> shape;  ///< one extent an axis; none for a single number

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
            if (!accept(',') && (shape.size() == 1 || !starts(')'))) bad();  // (6) is no tuple
        }
        return shape;
    }

    std::uint64_t number() {
        skip();
        std::uint64_t value = 0;
        std::size_t digits = 0;
        for (; digits < left_.size() && left_[digits] >= '0' && left_[digits] <= '9'; ++digits)
            value = 10 * value + static_cast<std::uint64_t>(left_[digits] - '0');
        if (digits == 0 || digits > 18 || (left_[0] == '0' && value > 0)) bad();  // Python has no 007
        left_.remove_prefix(digits);
        return value;
    }

    std::string_view left_;
    const byte_source& source_;
};

}  // namespace detail

}  // namespace lpntk::io
