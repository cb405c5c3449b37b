#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "lpntk/io/byte_source.hpp"
#include "lpntk/io/npy_header.hpp"
#include "lpntk/io/npy_type.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// The integer of `type` at `bytes`, as 64 bits, its sign extended.
inline std::uint64_t integer_bits(const npy_type& type, const std::uint8_t* bytes) {
    std::uint64_t value = 0;
    for (std::size_t k = 0; k < type.width; ++k) value = 256 * value + bytes[type.big_endian ? k : type.width - 1 - k];
    const bool negative = type.kind == 'i' && type.width < 8 && (value >> (8 * type.width - 1)) != 0;
    return negative ? value | (~std::uint64_t{0} << (8 * type.width)) : value;
}

/// The numbers of a one-axis .npy file of any integer type or bool, in either byte order; accept(number, position) sees
/// each. Throws file_error for any other type, and for a number of 2^63 or more.
template <class Integer, class Accept>
std::vector<Integer> read_npy_integers(byte_source& source, Accept&& accept) {
    const npy_header header = read_npy_header(source);
    const auto type = npy_type::parse(header.type);
    if (!type || type->kind == 'f')
        source.fail("holds numbers of type " + header.type + ", expected integers (or bool)");
    require_axes(header, 1, source);
    const auto bytes = source.read(npy_bytes(header, type->width, source), "the numbers");
    source.require_end();
    const std::size_t count = bytes.size() / type->width;
    auto numbers =
        source.with_memory(count * sizeof(Integer), "the numbers", [&] { return std::vector<Integer>(count); });
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t bits = integer_bits(*type, &bytes[i * type->width]);
        if (type->kind == 'u' && bits > std::numeric_limits<std::int64_t>::max())
            source.fail("number " + std::to_string(i) + " is " + std::to_string(bits) + ", must be below 2^63");
        const auto number = static_cast<std::int64_t>(bits);
        accept(number, i);
        numbers[i] = static_cast<Integer>(number);
    }
    return numbers;
}

}  // namespace lpntk::io::detail
