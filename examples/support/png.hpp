#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lpntk/core/types.hpp>

namespace examples {

/// Pixels of one byte a channel, row by row, channels last.
struct byte_image {
    lpntk::index_t height = 0;
    lpntk::index_t width = 0;
    lpntk::index_t channels = 1;  ///< 1: grey, 3: RGB
    std::vector<std::uint8_t> pixels;
};

/// The bytes of a PNG file, compressed by zlib. Throws lpntk::argument_error unless the pixels fill the image.
std::string png_of(const byte_image& image);

/// Any bytes in base 64, as URIs have them.
std::string base64(const std::string& bytes);

}  // namespace examples
