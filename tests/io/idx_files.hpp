#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>

#include "support/temporary_folder.hpp"

namespace test {

inline void append_big_endian(bytes& to, std::uint32_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) to.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// An IDX image file: pixel p of image i is (7 i + p) mod 256.
inline bytes idx_images(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
    bytes content;
    for (const std::uint32_t word : {0x803U, count, height, width}) append_big_endian(content, word);
    for (std::uint32_t i = 0; i < count; ++i)
        for (std::uint32_t p = 0; p < height * width; ++p) content.push_back(static_cast<std::uint8_t>(7 * i + p));
    return content;
}

/// An IDX label file: label i is i mod 10.
inline bytes idx_labels(std::uint32_t count) {
    bytes content;
    for (const std::uint32_t word : {0x801U, count}) append_big_endian(content, word);
    for (std::uint32_t i = 0; i < count; ++i) content.push_back(static_cast<std::uint8_t>(i % 10));
    return content;
}

inline bytes gzip(const bytes& content) {
    const temporary_folder folder;
    const auto file = folder / "packed";
    const gzFile stream = gzopen(file.c_str(), "wb");
    gzwrite(stream, content.data(), static_cast<unsigned>(content.size()));
    gzclose(stream);
    return read_bytes(file);
}

}  // namespace test
