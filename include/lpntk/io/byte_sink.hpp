#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "lpntk/core/require.hpp"
#include "lpntk/io/atomic_file.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Bytes that go to a new file one after the other. What does not arrive (a full disk, a quota) is a file_error at
/// the write or the close() that notices it. Not thread-safe.
class byte_sink {
public:
    /// Makes the file `temporary`; complaints are about `file`, which it will become.
    byte_sink(const std::filesystem::path& temporary, const std::filesystem::path& file) : name_(file.string()) {
        handle_.reset(std::fopen(temporary.string().c_str(), "wb"));
        if (!handle_) fail("cannot be written: " + std::string(std::strerror(errno)));
    }

    void write(const void* bytes, std::size_t count) {
        if (count > 0 && std::fwrite(bytes, 1, count, handle_.get()) != count) fail_whole();
    }
    void write(std::string_view text) { write(text.data(), text.size()); }

    /// The file is whole. To be called once, at the end: what the system still held back may fail to arrive.
    void close() {
        if (std::fclose(handle_.release()) != 0) fail_whole();
    }

private:
    struct close_quietly {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    [[noreturn]] void fail(const std::string& problem) const { throw file_error(name_, problem); }
    [[noreturn]] void fail_whole() const {
        fail("cannot be written whole (" + std::string(std::strerror(errno)) + "): is the disk full?");
    }

    std::string name_;
    std::unique_ptr<std::FILE, close_quietly> handle_;
};

/// Has `fill(sink)` write `file` from the first byte to the last. Atomic, as write_atomically; throws file_error when
/// it cannot be written whole, and then leaves what was there.
template <class Fill>
void write_file(const std::filesystem::path& file, Fill&& fill) {
    write_atomically(file, [&](const std::filesystem::path& temporary) {
        byte_sink sink(temporary, file);
        fill(sink);
        sink.close();
    });
}

}  // namespace lpntk::io
