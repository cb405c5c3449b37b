#pragma once

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/require.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// The bytes of a file from front to back, unpacked when it is gzip (told by its first two bytes, not by
/// its name). Memory grows with the bytes that are there, never with what a header claims. Every
/// complaint is a file_error that names the file. Not thread-safe.
class byte_source {
public:
    explicit byte_source(const std::filesystem::path& file) : name_(file.string()) {
        std::error_code ignored;
        if (std::filesystem::is_directory(file, ignored)) fail("is a directory, not a file");
        handle_.reset(std::fopen(name_.c_str(), "rb"));
        if (!handle_) fail("cannot be opened: " + std::string(std::strerror(errno)));
        refill();
        if (filled_ >= 2 && starts_gzip()) {
            if (inflateInit2(&unpack_, 16 + MAX_WBITS) != Z_OK) fail("zlib cannot start");
            packed_ = true;
        }
    }

    ~byte_source() {
        if (packed_) inflateEnd(&unpack_);
    }
    byte_source(const byte_source&) = delete;
    byte_source& operator=(const byte_source&) = delete;

    /// The next `count` bytes, called `what` in the complaint when the file ends before.
    std::vector<std::uint8_t> read(std::uint64_t count, std::string_view what) {
        constexpr std::uint64_t step = std::uint64_t{1} << 22U;
        std::vector<std::uint8_t> bytes;
        while (bytes.size() < count) {
            const auto wanted = static_cast<std::size_t>(std::min(step, count - bytes.size()));
            const std::size_t before = bytes.size();
            bytes.resize(before + wanted);
            const std::size_t got = read_some(bytes.data() + before, wanted);
            if (got < wanted)
                fail("is truncated: " + std::string(what) + " should be " + std::to_string(count) +
                     " bytes, only " + std::to_string(before + got) + " are there");
        }
        return bytes;
    }

    /// Whether no byte is left.
    bool at_end() {
        std::uint8_t next = 0;
        return read_some(&next, 1) == 0;
    }

    /// Throws unless no byte is left.
    void require_end() {
        if (!at_end()) fail("is too long: there are bytes after the last item its header announces");
    }

    [[noreturn]] void fail(const std::string& problem) const { throw file_error(name_, problem); }

private:
    void refill() {
        used_ = 0;
        filled_ = std::fread(buffer_.data(), 1, buffer_.size(), handle_.get());
        if (std::ferror(handle_.get()) != 0) fail("cannot be read: " + std::string(std::strerror(errno)));
    }

    bool starts_gzip() const { return buffer_[used_] == 0x1F && (used_ + 1 >= filled_ || buffer_[used_ + 1] == 0x8B); }

    std::size_t read_some(std::uint8_t* to, std::size_t count) { return packed_ ? unpack(to, count) : copy(to, count); }

    std::size_t copy(std::uint8_t* to, std::size_t count) {
        std::size_t got = 0;
        while (got < count) {
            if (used_ == filled_) refill();
            if (filled_ == 0) break;
            const std::size_t part = std::min(count - got, filled_ - used_);
            std::copy_n(buffer_.data() + used_, part, to + got);
            used_ += part;
            got += part;
        }
        return got;
    }

    std::size_t unpack(std::uint8_t* to, std::size_t count) {
        std::size_t got = 0;
        while (got < count) {
            if (used_ == filled_) refill();
            if (member_ended_) {
                if (filled_ == 0) break;
                if (!starts_gzip()) fail("has bytes after its gzip stream that are no gzip");
                inflateReset(&unpack_);
                member_ended_ = false;
            }
            if (filled_ == 0) fail("is truncated: its gzip stream does not end");
            unpack_.next_in = buffer_.data() + used_;
            unpack_.avail_in = static_cast<uInt>(filled_ - used_);
            unpack_.next_out = to + got;
            unpack_.avail_out = static_cast<uInt>(count - got);
            const int status = inflate(&unpack_, Z_NO_FLUSH);
            used_ = filled_ - unpack_.avail_in;
            got = count - unpack_.avail_out;
            member_ended_ = status == Z_STREAM_END;
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
                fail("is broken gzip: " + std::string(unpack_.msg != nullptr ? unpack_.msg : "bad data"));
        }
        return got;
    }

    struct close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    std::string name_;
    std::unique_ptr<std::FILE, close> handle_;
    std::array<std::uint8_t, 1U << 16U> buffer_{};
    std::size_t used_ = 0;
    std::size_t filled_ = 0;
    z_stream unpack_{};
    bool packed_ = false;
    bool member_ended_ = false;
};

}  // namespace lpntk::io
