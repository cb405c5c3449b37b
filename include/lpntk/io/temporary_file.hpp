#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "lpntk/core/require.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// What the system means by this errno when it would not write.
inline std::string write_problem(int error) {
    const std::string reason = error == ENOSPC   ? "the disk is full"
                               : error == EDQUOT ? "the disk quota is used up"
                                                 : std::strerror(error);
    return "cannot be written: " + reason;
}

inline std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

/// Throws file_error about a folder, a device or whatever else no file can take the place of.
inline void require_replaceable(const std::filesystem::path& file) {
    std::error_code unknown;
    const auto status = std::filesystem::status(file, unknown);
    if (std::filesystem::is_directory(status)) throw file_error(file.string(), write_problem(EISDIR));
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw file_error(file.string(), "cannot be written: it is no regular file");
}

/// All bytes of the file are on the disk. Throws file_error about `file` when they cannot be.
inline void sync_bytes(int descriptor, const std::filesystem::path& file) {
    if (::fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP)
        throw file_error(file.string(), write_problem(errno));
}

/// The names in the folder of `file` are on the disk, where the system can tell.
inline void sync_names_beside(const std::filesystem::path& file) {
    const int folder = ::open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

/// A new, empty file beside `file`, to be filled through descriptor() and then to take its place; removed unless it
/// did. It has the process in its name, and is locked while that lives: what killed processes left, nobody locks, and
/// the next temporary_file for the same file removes it (one look through the folder). The lock tells the living from
/// the dead also on other machines and in other containers, whose process numbers say nothing here.
/// Every complaint is a file_error about `file`.
class temporary_file {
public:
    explicit temporary_file(const std::filesystem::path& file) : file_(file) {
        require_replaceable(file);
        remove_leftovers();
        for (unsigned number = 0; !make(number);) ++number;
    }
    ~temporary_file() {
        if (!placed_) ::unlink(temporary_.c_str());
        ::close(descriptor_);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    int descriptor() const { return descriptor_; }

    /// Takes the place of `file` once all bytes are on the disk; the new name is there too, where the system can tell.
    void replace() {
        sync_bytes(descriptor_, file_);
        if (::rename(temporary_.c_str(), file_.c_str()) != 0) fail(errno);
        placed_ = true;
        sync_names_beside(file_);
    }

    [[noreturn]] void fail(int error) const { throw file_error(file_.string(), write_problem(error)); }

private:
    /// Whether the file of this number is ours now: not if it was there, or a cleaner was faster than the lock.
    bool make(unsigned number) {
        temporary_ = file_.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(number) + ".part";
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor_ < 0 && errno == EEXIST) return false;
        if (descriptor_ < 0) fail(errno);
        while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
        }  // a system without locks leaves it unlocked, and can lock no leftover either
        struct stat made{};
        if (::fstat(descriptor_, &made) == 0 && made.st_nlink > 0) return true;
        ::close(descriptor_);
        return false;
    }

    void remove_leftovers() const {
        const std::string start = file_.filename().string() + ".";
        std::error_code failure;
        std::filesystem::directory_iterator entry(folder_of(file_), failure);
        for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
            if (!is_temporary(entry->path().filename().string(), start)) continue;
            const int leftover = ::open(entry->path().c_str(), O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
            if (leftover < 0) continue;
            if (::flock(leftover, LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
            ::close(leftover);
        }
    }

    /// Whether `name` is `start`, digits, "-", digits, ".part".
    static bool is_temporary(std::string_view name, std::string_view start) {
        constexpr std::string_view end = ".part";
        if (name.size() < start.size() + end.size() || name.substr(0, start.size()) != start ||
            name.substr(name.size() - end.size()) != end)
            return false;
        name = name.substr(start.size(), name.size() - start.size() - end.size());
        const std::size_t dash = std::min(name.find('-'), name.size());
        const auto digits = [](std::string_view part) {
            return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
        };
        return digits(name.substr(0, dash)) && digits(name.substr(std::min(dash + 1, name.size())));
    }

    std::filesystem::path file_;
    std::string temporary_;
    int descriptor_ = -1;
    bool placed_ = false;
};

}  // namespace lpntk::io::detail
