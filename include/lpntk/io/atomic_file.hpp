#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <thread>

#include "lpntk/core/require.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Has `write` make a file under a temporary name beside `file` and then renames it: whoever looks finds
/// the old file or the whole new one, never a part. When `write` throws, the temporary file is removed and
/// the exception goes on. Throws file_error when `write` left no file or it cannot be renamed.
/// Thread-safe; of two writers of one file the last wins.
template <class Write>
void write_atomically(const std::filesystem::path& file, Write&& write) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    const auto thread = std::hash<std::thread::id>{}(std::this_thread::get_id());
    const std::filesystem::path temporary =
        file.string() + "." + std::to_string(now) + "-" + std::to_string(thread) + ".part";
    std::error_code failure;
    try {
        write(temporary);
        std::filesystem::rename(temporary, file, failure);
        if (failure) throw file_error(file.string(), "cannot be written: " + failure.message());
    } catch (...) {
        std::filesystem::remove(temporary, failure);
        throw;
    }
}

}  // namespace lpntk::io
