#include "support/png.hpp"

#include <new>

#include <zlib.h>

#include <lpntk/core/require.hpp>

namespace examples {

namespace {

std::string big_endian(std::uint64_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((number >> shift) & 0xFFU);
    return bytes;
}

const Bytef* bytes_of(const std::string& text) { return reinterpret_cast<const Bytef*>(text.data()); }

/// Length, name, content and checksum.
std::string chunk(const std::string& name, const std::string& content) {
    const std::string checked = name + content;
    return big_endian(content.size()) + checked +
           big_endian(crc32(0, bytes_of(checked), static_cast<uInt>(checked.size())));
}

std::string deflated(const std::string& text) {
    uLongf size = compressBound(static_cast<uLong>(text.size()));
    std::string packed(size, '\0');
    const int code = compress2(reinterpret_cast<Bytef*>(packed.data()), &size, bytes_of(text),
                               static_cast<uLong>(text.size()), Z_BEST_COMPRESSION);
    if (code != Z_OK) throw std::bad_alloc();
    packed.resize(size);
    return packed;
}

}  // namespace

std::string png_of(const byte_image& image) {
    const lpntk::index_t size = image.height * image.width * image.channels;
    lpntk::require(image.channels == 1 || image.channels == 3, "png_of", "channels", image.channels, "1 or 3");
    lpntk::require(size >= 1 && size < (1 << 30) && static_cast<lpntk::index_t>(image.pixels.size()) == size, "png_of",
                   "number of bytes", image.pixels.size(), "height x width x channels, and in [1, 2^30)");
    std::string lines;
    const auto line = static_cast<std::size_t>(image.width * image.channels);
    for (std::size_t at = 0; at < image.pixels.size(); at += line) {
        lines += '\0';  // no filter
        lines.append(reinterpret_cast<const char*>(&image.pixels[at]), line);
    }
    const char colours = image.channels == 1 ? 0 : 2;
    const std::string header = big_endian(static_cast<std::uint64_t>(image.width)) +
                               big_endian(static_cast<std::uint64_t>(image.height)) + std::string{8, colours, 0, 0, 0};
    return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", deflated(lines)) + chunk("IEND", "");
}

std::string base64(const std::string& bytes) {
    constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k)
            three = 256 * three + (at + k < bytes.size() ? static_cast<unsigned char>(bytes[at + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += at + k <= bytes.size() ? letters[(three >> (18 - 6 * k)) & 63U] : '=';
    }
    return text;
}

}  // namespace examples
