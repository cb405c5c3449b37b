#pragma once

#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/io/byte_source.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Which half of a published dataset.
enum class split { train, test };

/// Grey images of an IDX file: `count` images of height x width bytes, row by row.
struct idx_images {
    index_t count = 0;                 ///< images
    index_t height = 0;                ///< pixels, 1 to 65535
    index_t width = 0;                 ///< pixels, 1 to 65535
    std::vector<std::uint8_t> pixels;  ///< count x height x width, 0 to 255
};

namespace detail {

inline constexpr std::uint32_t idx_images_magic = 0x00000803;
inline constexpr std::uint32_t idx_labels_magic = 0x00000801;

inline std::uint64_t read_big_endian(byte_source& source) {
    const auto bytes = source.read(4, "the header");
    return (std::uint64_t{bytes[0]} << 24U) | (std::uint64_t{bytes[1]} << 16U) | (std::uint64_t{bytes[2]} << 8U) |
           std::uint64_t{bytes[3]};
}

inline void read_idx_magic(byte_source& source, std::uint32_t expected, const char* what) {
    const std::uint64_t magic = read_big_endian(source);
    if (magic == expected) return;
    std::ostringstream problem;
    problem << std::hex << "is no IDX file of " << what << ": it starts with 0x" << magic << " instead of 0x"
            << expected;
    if (magic == idx_images_magic) problem << " (these are images)";
    if (magic == idx_labels_magic) problem << " (these are labels)";
    source.fail(problem.str());
}

}  // namespace detail

/// Reads an IDX file of grey images, plain or gzip. Throws file_error, naming the file and what is wrong, when it is no
/// regular file, starts with another magic number, is shorter or longer than its header says, or unpacks to more than
/// `limit`; memory_error when there is no room. Takes a byte a pixel.
inline idx_images read_idx_images(const std::filesystem::path& file, unpack_limit limit = {}) {
    byte_source source(file, limit);
    detail::read_idx_magic(source, detail::idx_images_magic, "images");
    const std::uint64_t count = detail::read_big_endian(source);
    const std::uint64_t height = detail::read_big_endian(source);
    const std::uint64_t width = detail::read_big_endian(source);
    constexpr std::uint64_t largest_side = 65535;  // count * height * width stays below 2^64
    if (height < 1 || width < 1 || height > largest_side || width > largest_side)
        source.fail("has images of " + std::to_string(height) + " x " + std::to_string(width) +
                    " pixels, must be 1 to 65535 each way");
    idx_images images{static_cast<index_t>(count), static_cast<index_t>(height), static_cast<index_t>(width),
                      source.read(count * height * width, "the images")};
    source.require_end();
    return images;
}

/// Reads an IDX file of labels, plain or gzip. Throws file_error like read_idx_images, and for a label that is
/// not in [0, classes).
inline std::vector<int> read_idx_labels(const std::filesystem::path& file, int classes = 10, unpack_limit limit = {}) {
    byte_source source(file, limit);
    detail::read_idx_magic(source, detail::idx_labels_magic, "labels");
    const std::uint64_t count = detail::read_big_endian(source);
    const auto bytes = source.read(count, "the labels");
    source.require_end();
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (bytes[i] >= classes)
            source.fail("label " + std::to_string(i) + " is " + std::to_string(bytes[i]) + ", must be in [0, " +
                        std::to_string(classes) + ")");
    return source.with_memory(bytes.size() * sizeof(int), "the labels",
                              [&] { return std::vector<int>(bytes.begin(), bytes.end()); });
}

}  // namespace lpntk::io
