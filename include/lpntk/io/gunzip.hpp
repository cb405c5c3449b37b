#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "lpntk/io/file_bytes.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// How much a gzip file may unpack to: `bytes`, or `ratio` times its own size if that is more. MNIST has ratios of 2 to
/// 5; a file made to fill memory reaches 1032. An option of the readers that unpack:
///
///     read_mnist(folder, split::train, {.bytes = std::uint64_t{8} << 30U})
struct unpack_limit {
    std::uint64_t bytes = std::uint64_t{256} << 20U;  ///< 256 MiB, over five times the training images of MNIST
    std::uint64_t ratio = 100;                        ///< unpacked bytes for each packed one

    /// The most bytes that a file of `packed` bytes may unpack to.
    std::uint64_t of(std::uint64_t packed) const {
        constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
        return std::max(bytes, packed != 0 && ratio > most / packed ? most : ratio * packed);
    }
};

namespace detail {

inline bool starts_gzip(std::span<const std::uint8_t> bytes) {
    return bytes[0] == 0x1F && (bytes.size() < 2 || bytes[1] == 0x8B);  // the rest may lie in the next buffer
}

/// What the gzip streams of a file, one after the other, unpack to. Complaints go through the file. Not thread-safe.
class gunzip {
public:
    /// Unpacks what lies ahead in `file`, `most` bytes at most: more is a file_error.
    gunzip(file_bytes& file, std::uint64_t most) : file_(file), most_(most) {
        if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) file.fail("zlib cannot start");
    }
    ~gunzip() { inflateEnd(&stream_); }
    gunzip(const gunzip&) = delete;
    gunzip& operator=(const gunzip&) = delete;

    /// The most bytes that can still come. Deflate makes 258 bytes of two bits at most.
    std::uint64_t left() const {
        const std::uint64_t possible = unpack_limit{.bytes = 0, .ratio = 1032}.of(file_.size());
        return std::min(most_, possible) - std::min({unpacked_, most_, possible});
    }

    std::uint64_t limit() const { return most_; }

    /// Unpacks the next `count` bytes, or those that are left; how many.
    std::size_t read(std::uint8_t* to, std::size_t count) {
        std::size_t got = 0;
        while (got < count) {
            const auto packed = file_.ahead();
            if (packed.empty() && between_) break;
            if (packed.empty()) file_.fail("is truncated: its gzip stream does not end");
            if (between_ && !starts_gzip(packed)) file_.fail("has bytes after its gzip stream that are no gzip");
            if (between_) inflateReset(&stream_);
            got += unpack(packed, to + got, count - got);
        }
        return got;
    }

private:
    std::size_t unpack(std::span<const std::uint8_t> packed, std::uint8_t* to, std::size_t count) {
        const auto room = static_cast<uInt>(std::min<std::size_t>(count, 1U << 30U));
        stream_.next_in = const_cast<std::uint8_t*>(packed.data());  // zlib only reads it
        stream_.avail_in = static_cast<uInt>(packed.size());
        stream_.next_out = to;
        stream_.avail_out = room;
        const int status = inflate(&stream_, Z_NO_FLUSH);
        file_.take(packed.size() - stream_.avail_in);
        between_ = status == Z_STREAM_END;
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            file_.fail("is broken gzip: " + std::string(stream_.msg != nullptr ? stream_.msg : "bad data"));
        const std::size_t made = room - stream_.avail_out;
        unpacked_ += made;
        if (unpacked_ > most_)
            file_.fail("unpacks to more than " + std::to_string(most_) +
                       " bytes: lpntk::io::unpack_limit can allow more");
        return made;
    }

    file_bytes& file_;
    std::uint64_t most_;
    std::uint64_t unpacked_ = 0;
    z_stream stream_{};
    bool between_ = false;  // after the end of one stream
};

}  // namespace detail

}  // namespace lpntk::io
