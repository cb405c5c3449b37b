#pragma once

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

#include "lpntk/io/temporary_file.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Bytes of a new version of `file`, one after the other; commit() puts it in place of the older one, which stays as it
/// was until then and when there is no commit. What does not arrive (a full disk, a quota) is a file_error at the write
/// or the commit that notices it. Not thread-safe.
class byte_sink {
public:
    /// Makes the temporary file beside `file`; throws file_error when the folder takes none.
    explicit byte_sink(const std::filesystem::path& file) : made_(file) {
        const int own = ::fcntl(made_.descriptor(), F_DUPFD_CLOEXEC, 0);
        if (own < 0) made_.fail(errno);
        stream_.reset(::fdopen(own, "wb"));
        if (!stream_) made_.fail(errno);
    }

    /// The next `count` bytes, which may wait in a buffer: what fails later, commit() tells.
    void write(const void* bytes, std::size_t count) {
        if (count > 0 && std::fwrite(bytes, 1, count, stream_.get()) != count) made_.fail(errno);
    }
    void write(std::string_view text) { write(text.data(), text.size()); }  ///< as its bytes, without an end mark

    /// The file is whole. To be called once, at the end: what the system still held back may fail to arrive.
    void commit() {
        if (std::fclose(stream_.release()) != 0) made_.fail(errno);
        made_.replace();
    }

private:
    struct close_quietly {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    detail::temporary_file made_;
    std::unique_ptr<std::FILE, close_quietly> stream_;
};

/// Has `fill(sink)` write `file` from the first byte to the last: under a temporary name beside it, flushed, synced to
/// the disk and then renamed. Whoever looks, also after a kill or a power cut, finds the old file or the whole new one,
/// never a part. Throws file_error when it cannot be written whole, lets exceptions of `fill` through, and then leaves
/// what was there and no temporary file. Thread-safe; of two writers of one file the last wins.
template <class Fill>
void write_file(const std::filesystem::path& file, Fill&& fill) {
    byte_sink sink(file);
    fill(sink);
    sink.commit();
}

}  // namespace lpntk::io
