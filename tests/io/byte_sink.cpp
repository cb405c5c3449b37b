#include <lpntk/io/byte_sink.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <csignal>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error;
namespace io = lpntk::io;

namespace {

/// Writing beyond `bytes` fails while this lives. A disk that is truly full: tests/hostile/full_disk.sh.
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

TEST_CASE("what the system does not take is an error, at the write or the commit, and leaves what was there") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::write_bytes(file, {'o', 'l', 'd'});
    for (const std::size_t bytes : {std::size_t{1000}, std::size_t{10'000'000}}) {  // in the stream's buffer; far more
        const std::string text(bytes, 'x');
        const small_disk disk(100);
        const auto message =
            test::message_of<file_error>([&] { io::write_file(file, [&](io::byte_sink& sink) { sink.write(text); }); });
        REQUIRE(test::says(message, file.string() + ": cannot be written: File too large"));
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

TEST_CASE("only a regular file is replaced") {
    const test::temporary_folder folder;
    const auto complaint = [](const std::filesystem::path& file) {
        return test::message_of<file_error>([&] { io::write_file(file, [](io::byte_sink&) {}); });
    };
    std::filesystem::create_directory(folder / "taken");
    REQUIRE(test::says(complaint(folder / "taken"), "taken: cannot be written: Is a directory"));
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    REQUIRE(test::says(complaint(folder / "pipe"), "pipe: cannot be written: it is no regular file"));
    REQUIRE(folder.entries() == 2);
}

TEST_CASE("a write that throws, and a sink without commit, leave what was there") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::write_bytes(file, {'o', 'l', 'd'});
    const auto stop = [](io::byte_sink& sink) {
        sink.write("new");
        throw std::domain_error("no more");
    };
    REQUIRE_THROWS_AS(io::write_file(file, stop), std::domain_error);
    io::byte_sink(file).write("new");
    REQUIRE(content(file) == "old");
    REQUIRE(folder.entries() == 1);
}
