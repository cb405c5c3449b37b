#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

#include "lpntk/core/require.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// The bytes of a regular file as they lie there, from front to back. What is no regular file (a folder, FIFO, device
/// or socket) is refused without waiting for it. Every complaint is a file_error that names the file.
class file_bytes {
public:
    explicit file_bytes(const std::filesystem::path& file) : name_(file.string()) {
        std::error_code unknown;
        const auto status = std::filesystem::status(file, unknown);
        if (std::filesystem::is_directory(status)) fail("is a directory, not a file");
        if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) fail("is no regular file");
        descriptor_ = ::open(name_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // if it became a FIFO just now
        struct stat opened{};
        if (descriptor_ < 0 || ::fstat(descriptor_, &opened) != 0)
            fail("cannot be opened: " + std::string(std::strerror(errno)));
        size_ = static_cast<std::uint64_t>(opened.st_size);
    }
    ~file_bytes() { ::close(descriptor_); }
    file_bytes(const file_bytes&) = delete;
    file_bytes& operator=(const file_bytes&) = delete;

    /// Bytes of the whole file, and of what was taken from its front.
    std::uint64_t size() const { return size_; }
    std::uint64_t taken() const { return taken_; }

    /// Some of the bytes that come next; none: the file ends here.
    std::span<const std::uint8_t> ahead() {
        if (used_ == filled_) {
            used_ = 0;
            filled_ = read_once(buffer_.data(), buffer_.size());
        }
        return {buffer_.data() + used_, filled_ - used_};
    }

    /// Leaves `count` of the bytes ahead behind.
    void take(std::size_t count) {
        used_ += count;
        taken_ += count;
    }

    /// Copies the next `count` bytes, or those that are left; how many.
    std::size_t read(std::uint8_t* to, std::size_t count) {
        std::size_t got = 0;
        while (got < count) {
            const auto some = ahead();
            if (some.empty()) break;
            const std::size_t part = std::min(count - got, some.size());
            std::copy_n(some.data(), part, to + got);
            take(part);
            got += part;
        }
        return got;
    }

    [[noreturn]] void fail(const std::string& problem) const { throw file_error(name_, problem); }

    const std::string& name() const { return name_; }

private:
    std::size_t read_once(std::uint8_t* to, std::size_t count) const {
        for (;;) {
            const auto got = ::read(descriptor_, to, count);
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) fail("cannot be read: " + std::string(std::strerror(errno)));
        }
    }

    std::string name_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t taken_ = 0;
    std::array<std::uint8_t, 1U << 16U> buffer_{};
    std::size_t used_ = 0;
    std::size_t filled_ = 0;
};

}  // namespace lpntk::io::detail
