#pragma once

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <lpntk/core/require.hpp>

// What the fuzz targets share: files of any bytes, what a reader says to them, and what they unpack to.
namespace fuzz {

using bytes = std::span<const std::uint8_t>;

/// Ends the process, which libFuzzer reports with the input that led here.
inline void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
    std::abort();
}

/// A regular file in memory whose bytes can be changed.
class memory_file {
public:
    memory_file() : descriptor_(memfd_create("fuzz", 0)) { check(descriptor_ >= 0, "there is a file in memory"); }
    ~memory_file() { close(descriptor_); }
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

    /// The path of the file, which now holds these bytes.
    std::filesystem::path with(bytes content) const {
        check(ftruncate(descriptor_, 0) == 0 &&
                  pwrite(descriptor_, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()),
              "the bytes are written");
        return path();
    }

private:
    int descriptor_;
};

/// A folder of this process, in memory if there is such a place.
inline const std::filesystem::path& folder() {
    static const std::filesystem::path made = [] {
        std::string pattern = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
        pattern += "/lpntk-fuzz-XXXXXX";
        check(mkdtemp(pattern.data()) != nullptr, "a folder is made");
        static const std::string name = pattern;
        std::atexit([] { std::filesystem::remove_all(name); });
        return std::filesystem::path(name);
    }();
    return made;
}

/// What `read()` returns; none when it refuses the file. Every other exception is a crash.
template <class Read>
auto accepted(Read&& read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const lpntk::file_error&) {
        return {};
    }
}

/// The oracle of gzip: each stream unpacked by itself; none when one is broken, or all are more than `most` bytes.
inline std::optional<std::vector<std::uint8_t>> gunzip(bytes packed, std::size_t most) {
    std::vector<std::uint8_t> content;
    while (!packed.empty()) {
        z_stream stream{};
        check(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK, "zlib starts");
        stream.next_in = const_cast<std::uint8_t*>(packed.data());
        stream.avail_in = static_cast<uInt>(packed.size());
        int status = Z_OK;
        while (status == Z_OK && content.size() <= most) {
            std::uint8_t part[4096];
            stream.next_out = part;
            stream.avail_out = sizeof(part);
            status = inflate(&stream, Z_NO_FLUSH);
            content.insert(content.end(), part, stream.next_out);
        }
        packed = packed.subspan(stream.total_in);
        inflateEnd(&stream);
        if (status != Z_STREAM_END || content.size() > most) return {};
    }
    return content;
}

/// What a reader that unpacks `most` bytes gets from these bytes; none when they are broken gzip, or more.
inline std::optional<std::vector<std::uint8_t>> unpacked(bytes content, std::size_t most = SIZE_MAX) {
    if (content.size() >= 2 && content[0] == 0x1F && content[1] == 0x8B) return gunzip(content, most);
    return std::vector<std::uint8_t>(content.begin(), content.end());
}

inline std::vector<std::uint8_t> gzip(bytes content) {
    std::vector<std::uint8_t> packed(compressBound(content.size()) + 32);
    z_stream stream{};
    check(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib starts");
    stream.next_in = const_cast<std::uint8_t*>(content.data());
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    check(deflate(&stream, Z_FINISH) == Z_STREAM_END, "gzip is made");
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace fuzz
