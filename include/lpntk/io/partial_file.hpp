#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "lpntk/core/require.hpp"
#include "lpntk/io/temporary_file.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// `file`.part, of a size that is known from the start, filled in any order by whoever has it open, then renamed.
/// Every complaint is a file_error about `file`. write() is thread-safe.
class partial_file {
public:
    static std::filesystem::path path_of(const std::filesystem::path& file) { return file.string() + ".part"; }

    /// Opens what is there, or makes it if it may.
    explicit partial_file(const std::filesystem::path& file, bool make = true) : file_(file) {
        const int access = O_RDWR | O_NOFOLLOW | O_CLOEXEC | (make ? O_CREAT : 0);
        descriptor_ = ::open(path_of(file).c_str(), access, 0666);
        if (descriptor_ < 0) fail(errno);
    }
    partial_file(partial_file&& other) noexcept
        : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
    partial_file& operator=(partial_file&&) = delete;
    ~partial_file() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    /// Nobody else may lock it while this lives; throws when somebody does so already.
    void lock() const {
        while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) throw file_error(file_.string(), "is being written by another process");
            if (errno != EINTR) return;  // a system without locks
        }
        struct stat opened{}, named{};
        if (::fstat(descriptor_, &opened) != 0 || ::stat(path_of(file_).c_str(), &named) != 0 ||
            opened.st_ino != named.st_ino)
            throw file_error(file_.string(), "has been finished by another process just now");
    }

    std::uint64_t size() const {
        struct stat opened{};
        if (::fstat(descriptor_, &opened) != 0) fail(errno);
        return static_cast<std::uint64_t>(opened.st_size);
    }

    /// Empties it, and has the disk keep room for `bytes`, so that a full disk is known now rather than in hours.
    void reserve(std::uint64_t bytes) const {
        const auto size = static_cast<off_t>(bytes);
        if (::ftruncate(descriptor_, 0) != 0 || ::ftruncate(descriptor_, size) != 0) fail(errno);
#if defined(__linux__)
        while (size > 0 && ::fallocate(descriptor_, 0, 0, size) != 0) {
            if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) break;  // it fills up as it is written
            if (errno == EINTR) continue;
            throw file_error(file_.string(), write_problem(errno) + "; it takes " + std::to_string(bytes) + " bytes");
        }
#endif
    }

    /// Puts `count` bytes where they belong.
    void write(const void* bytes, std::size_t count, std::uint64_t offset) const {
        const char* from = static_cast<const char*>(bytes);
        while (count > 0) {
            const auto wrote = ::pwrite(descriptor_, from, count, static_cast<off_t>(offset));
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote <= 0) fail(wrote < 0 ? errno : ENOSPC, kept);
            from += wrote;
            offset += static_cast<std::uint64_t>(wrote);
            count -= static_cast<std::size_t>(wrote);
        }
    }

    /// What was written is on the disk.
    void sync() const { sync_bytes(descriptor_, file_); }

    /// Takes the place of `file`.
    void replace() const {
        sync();
        if (::rename(path_of(file_).c_str(), file_.c_str()) != 0) fail(errno, kept);
        sync_names_beside(file_);
    }

private:
    static constexpr const char* kept = "; what is done is kept beside it";

    [[noreturn]] void fail(int error, const char* note = "") const {
        throw file_error(file_.string(), write_problem(error) + note);
    }

    std::filesystem::path file_;
    int descriptor_ = -1;
};

}  // namespace lpntk::inline LPNTK_TARGET::io::detail
