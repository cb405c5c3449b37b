#pragma once

#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "lpntk/core/target.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// A type of numbers in a .npy file.
struct npy_type {
    char kind = 0;          // f: floating point, i: integer, u: unsigned integer, b: bool
    std::size_t width = 0;  // bytes
    bool big_endian = false;

    bool operator==(const npy_type&) const = default;

    /// That of T on this machine.
    template <class T>
    static constexpr npy_type of() {
        static_assert(std::is_floating_point_v<T> || (std::is_integral_v<T> && std::is_signed_v<T>));
        return {std::is_integral_v<T> ? 'i' : 'f', sizeof(T), std::endian::native == std::endian::big};
    }

    /// From what NumPy accepts for it, "<f4" for little-endian float32: a letter and a width after an order of bytes
    /// that may be missing ("=", "|" and none: this machine's). None if it is no type of numbers of 1 to 8 bytes.
    static std::optional<npy_type> parse(std::string_view text) {
        char order = '=';
        if (text.size() == 3) {
            order = text[0];
            text.remove_prefix(1);
        }
        if (text.size() != 2 || std::string_view("<>=|").find(order) == std::string_view::npos) return {};
        const std::string_view widths = text[0] == 'f'                     ? "248"
                                        : text[0] == 'i' || text[0] == 'u' ? "1248"
                                        : text[0] == 'b'                   ? "1"
                                                                           : "";
        if (widths.find(text[1]) == std::string_view::npos) return {};
        const auto width = static_cast<std::size_t>(text[1] - '0');
        return npy_type{text[0], width,
                        width > 1 && (order == '<' ? false : order == '>' || std::endian::native == std::endian::big)};
    }

    /// As NumPy writes it.
    std::string spelling() const {
        std::string text{width == 1 ? '|' : big_endian ? '>' : '<', kind};
        return text += std::to_string(width);
    }
};

}  // namespace lpntk::io::detail
