#pragma once

#include "fuzz/support.hpp"

namespace fuzz {

/// The word of 32 bits at `at`, most significant byte first.
inline std::uint64_t word(bytes content, std::size_t at) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : content.subspan(at, 4)) value = 256 * value + byte;
    return value;
}

/// The oracle of IDX images: whether these unpacked bytes are some.
inline bool are_idx_images(bytes content) {
    if (content.size() < 16 || word(content, 0) != 0x803) return false;
    const std::uint64_t height = word(content, 8), width = word(content, 12), pixels = content.size() - 16;
    return height >= 1 && width >= 1 && height <= 65535 && width <= 65535 && pixels % (height * width) == 0 &&
           pixels / (height * width) == word(content, 4);
}

/// The oracle of IDX labels of ten classes.
inline bool are_idx_labels(bytes content) {
    if (content.size() < 8 || word(content, 0) != 0x801 || content.size() - 8 != word(content, 4)) return false;
    for (const std::uint8_t label : content.subspan(8))
        if (label > 9) return false;
    return true;
}

}  // namespace fuzz
