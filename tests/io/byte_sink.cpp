#include <lpntk/io/byte_sink.hpp>

#include <csignal>
#include <string>
#include <sys/resource.h>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error;
namespace io = lpntk::io;

namespace {

/// Writing beyond `bytes` fails while this lives, as it does on a full disk.
class small_disk {
public:
    explicit small_disk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~small_disk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

std::string content(const std::filesystem::path& file) {
    const auto bytes = test::read_bytes(file);
    return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("the bytes of a file arrive in the order of the writes") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    io::write_file(file, [](io::byte_sink& sink) {
        sink.write("one ");
        sink.write("", 0);
        sink.write("two and more", 3);
    });
    REQUIRE(content(file) == "one two");
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("a full disk is an error, at the write or at the close, and leaves what was there") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::write_bytes(file, {'o', 'l', 'd'});
    for (const std::size_t bytes : {std::size_t{5000}, std::size_t{10'000'000}}) {   // less than the stream's buffer, and far more
        const std::string text(bytes, 'x');
        const small_disk disk(100);
        const auto message = test::message_of<file_error>(
            [&] { io::write_file(file, [&](io::byte_sink& sink) { sink.write(text); }); });
        REQUIRE(test::says(message, file.string() + ": cannot be written whole"));
        REQUIRE(test::says(message, "is the disk full?"));
    }
    REQUIRE(content(file) == "old");
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("a file that cannot be made is an error that names it") {
    const test::temporary_folder folder;
    const auto nowhere = folder / "none" / "file";
    const auto message = test::message_of<file_error>([&] { io::write_file(nowhere, [](io::byte_sink&) {}); });
    REQUIRE(test::says(message, nowhere.string() + ": cannot be written: No such file or directory"));
}
