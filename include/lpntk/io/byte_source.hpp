#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/with_memory.hpp"
#include "lpntk/io/file_bytes.hpp"
#include "lpntk/io/gunzip.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// The bytes of a regular file from front to back, unpacked when it is gzip (told by its first two bytes, not by its
/// name). What a header claims is compared with what the file can hold before any memory is taken. Every complaint is a
/// file_error that names the file, or a memory_error. Not thread-safe.
class byte_source {
public:
    /// Opens `file`; throws file_error unless it is a regular file that can be read. The limit is for gzip alone.
    explicit byte_source(const std::filesystem::path& file, unpack_limit limit = {}) : file_(file) {
        const auto start = file_.ahead();
        if (start.size() >= 2 && detail::starts_gzip(start)) unpacked_.emplace(file_, limit.of(file_.size()));
    }

    /// What is read is then unpacked, and its length not known before.
    bool is_gzip() const { return unpacked_.has_value(); }

    /// What `make()` returns, which takes `bytes` of memory for `what`; throws memory_error when they cannot be had.
    template <class Make>
    auto with_memory(std::uint64_t bytes, std::string_view what, Make&& make) const {
        return lpntk::with_memory(file_.name() + ": " + std::string(what), bytes, make);
    }

    /// Throws unless `count` more bytes, called `what` in the complaint, can be in the file.
    void require_left(std::uint64_t count, std::string_view what) const {
        if (unpacked_ && count > unpacked_->limit())
            fail(std::string(what) + " should be " + std::to_string(count) + " bytes, it may unpack to " +
                 std::to_string(unpacked_->limit()) + " at most: lpntk::io::unpack_limit can allow more");
        if (count > left()) fail_truncated(count, what, left(), unpacked_ ? " can be there" : " are there");
    }

    /// Copies the next `count` bytes, called `what` in the complaint when the file ends before.
    void read(void* to, std::uint64_t count, std::string_view what) {
        require_left(count, what);
        const std::size_t got = read_some(static_cast<std::uint8_t*>(to), static_cast<std::size_t>(count));
        if (got < count) fail_truncated(count, what, got, " are there");
    }

    /// The next `count` bytes.
    std::vector<std::uint8_t> read(std::uint64_t count, std::string_view what) {
        require_left(count, what);
        auto bytes = with_memory(count, what, [&] { return std::vector<std::uint8_t>(count); });
        read(bytes.data(), count, what);
        return bytes;
    }

    /// All bytes that are left; those of gzip take their memory as they come.
    std::vector<std::uint8_t> read_rest(std::string_view what) {
        if (!is_gzip()) return read(left(), what);
        constexpr std::uint64_t least_step = std::uint64_t{1} << 14U, largest_step = std::uint64_t{1} << 22U;
        std::vector<std::uint8_t> bytes;
        for (;;) {
            const std::size_t end = bytes.size();
            const auto doubled = std::clamp<std::uint64_t>(end, least_step, largest_step);
            const auto step = static_cast<std::size_t>(std::min(left() + 1, doubled));  // 1 for the end
            with_memory(end + step, what, [&] { bytes.resize(end + step); });
            const std::size_t got = read_some(bytes.data() + end, step);
            bytes.resize(end + got);
            if (got < step) return bytes;
        }
    }

    /// Throws unless these are all the bytes that are left, in a file that is not gzip.
    void require_last(std::uint64_t count, std::string_view what) const {
        require_left(count, what);
        if (left() > count) fail_too_long();
    }

    /// Throws unless no byte is left.
    void require_end() {
        std::uint8_t next = 0;
        if (read_some(&next, 1) != 0) fail_too_long();
    }

    /// Throws file_error "file: problem".
    [[noreturn]] void fail(const std::string& problem) const { file_.fail(problem); }

private:
    std::size_t read_some(std::uint8_t* to, std::size_t count) {
        return unpacked_ ? unpacked_->read(to, count) : file_.read(to, count);
    }

    [[noreturn]] void fail_too_long() const {
        fail("is too long: there are bytes after the last item its header announces");
    }

    [[noreturn]] void fail_truncated(std::uint64_t count, std::string_view what, std::uint64_t left,
                                     std::string_view are_there) const {
        fail("is truncated: " + std::string(what) + " should be " + std::to_string(count) + " bytes, only " +
             std::to_string(left) + std::string(are_there));
    }

    std::uint64_t left() const {
        return unpacked_ ? unpacked_->left() : file_.size() - std::min(file_.taken(), file_.size());
    }

    detail::file_bytes file_;
    std::optional<detail::gunzip> unpacked_;
};

}  // namespace lpntk::io
