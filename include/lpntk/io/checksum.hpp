#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// The CRC-32 of bytes that come one after the other: finds what an accident has changed, not what somebody forged.
class checksum {
public:
    /// The next `count` bytes.
    void add(const void* bytes, std::size_t count) {
        if (count > 0) sum_ = static_cast<std::uint32_t>(::crc32_z(sum_, static_cast<const Bytef*>(bytes), count));
    }
    void add(std::string_view text) { add(text.data(), text.size()); }  ///< its bytes, without an end mark
    /// A number, as it is in this machine's memory.
    template <class Number>
        requires std::is_arithmetic_v<Number>
    void add(Number value) {
        add(&value, sizeof(value));
    }

    std::uint32_t value() const { return sum_; }  ///< of all bytes so far

    /// Eight hexadecimal digits.
    std::string text() const {
        std::string digits(8, '0');
        for (unsigned place = 0; place < 8; ++place)
            digits[place] = "0123456789abcdef"[sum_ >> (28 - 4 * place) & 0xFU];
        return digits;
    }

private:
    std::uint32_t sum_ = 0;
};

}  // namespace lpntk::io
