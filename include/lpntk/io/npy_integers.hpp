#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "lpntk/io/byte_source.hpp"
#include "lpntk/io/npy_header.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// How the integers of a .npy file lie in its bytes.
struct npy_integer {
    std::size_t width = 0;  // bytes
    bool is_signed = false;
    bool big_endian = false;

    /// Of int8 to int64, uint8 to uint64 and bool, in either byte order. Throws file_error for any other type.
    npy_integer(const std::string& type, const byte_source& source) {
        const bool known = type.size() == 3 && std::string("<>|=").find(type[0]) != std::string::npos &&
                           std::string("iub").find(type[1]) != std::string::npos &&
                           std::string(type[1] == 'b' ? "1" : "1248").find(type[2]) != std::string::npos;
        if (!known) source.fail("holds numbers of type " + type + ", expected integers (or bool)");
        width = static_cast<std::size_t>(type[2] - '0');
        is_signed = type[1] == 'i';
        big_endian = type[0] == '>' || (type[0] == '=' && std::endian::native == std::endian::big);
    }

    /// The integer at `bytes`, as 64 bits, its sign extended.
    std::uint64_t bits(const std::uint8_t* bytes) const {
        std::uint64_t value = 0;
        for (std::size_t k = 0; k < width; ++k) value = 256 * value + bytes[big_endian ? k : width - 1 - k];
        const bool negative = is_signed && width < 8 && (value >> (8 * width - 1)) != 0;
        return negative ? value | (~std::uint64_t{0} << (8 * width)) : value;
    }
};

/// The numbers of a one-axis .npy file of any integer type. Throws file_error, also for a number of 2^63 or more.
inline std::vector<std::int64_t> read_npy_integers(byte_source& source) {
    const npy_header header = read_npy_header(source);
    const npy_integer type(header.type, source);
    require_axes(header, 1, source);
    const auto bytes = read_npy_numbers(source, header, type.width);
    std::vector<std::int64_t> values;
    values.reserve(bytes.size() / type.width);
    for (std::size_t at = 0; at < bytes.size(); at += type.width) {
        const std::uint64_t bits = type.bits(&bytes[at]);
        if (!type.is_signed && bits > std::numeric_limits<std::int64_t>::max())
            source.fail("number " + std::to_string(values.size()) + " is " + std::to_string(bits) +
                        ", must be below 2^63");
        values.push_back(static_cast<std::int64_t>(bits));
    }
    return values;
}

}  // namespace lpntk::io::detail
