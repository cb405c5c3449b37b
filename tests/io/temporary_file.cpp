#include <lpntk/io/byte_sink.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <string>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace io = lpntk::io;

namespace {

/// A process in the middle of writing `file`: asleep, until it is killed.
class stopped_writer {
public:
    explicit stopped_writer(const std::filesystem::path& file) {
        int ready[2];
        REQUIRE(pipe(ready) == 0);
        child_ = fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            io::byte_sink sink(file);
            sink.write("half of i");
            if (write(ready[1], "!", 1) == 1) pause();
            _exit(1);
        }
        char sign = 0;
        REQUIRE(read(ready[0], &sign, 1) == 1);
        close(ready[0]);
        close(ready[1]);
    }
    ~stopped_writer() { kill(); }
    stopped_writer(const stopped_writer&) = delete;
    stopped_writer& operator=(const stopped_writer&) = delete;

    void kill() {
        if (child_ < 0) return;
        ::kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
        child_ = -1;
    }

    /// Whether its temporary file is there.
    bool left_over(const std::filesystem::path& file) const {
        return std::filesystem::exists(file.string() + "." + std::to_string(child_) + "-0.part");
    }

private:
    pid_t child_ = -1;
};

void write_text(const std::filesystem::path& file, const std::string& text) {
    io::write_file(file, [&](io::byte_sink& sink) { sink.write(text); });
}

}  // namespace

TEST_CASE("what a killed process left is removed by the next write to the same file, not what a living one is at") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    {
        stopped_writer dead(file), living(file);
        dead.kill();
        REQUIRE(folder.entries() == 2);
        write_text(file, "new");
        REQUIRE(living.left_over(file));
        REQUIRE(folder.entries() == 2);  // the file, and what the living writes
        write_text(folder / "other", "of another file");
        REQUIRE(living.left_over(file));
    }
    REQUIRE(folder.entries() == 3);  // both are dead
    write_text(folder / "other", "again");
    REQUIRE(folder.entries() == 3);
    write_text(file, "newer");
    REQUIRE(folder.entries() == 2);
    REQUIRE(test::read_bytes(file) == test::bytes{'n', 'e', 'w', 'e', 'r'});
}

TEST_CASE("files that only look like temporary ones are left alone") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    const std::string names[] = {"file.part",     "file.1.part",     "file.1-.part",   "file.-1.part", "file.1-2.part2",
                                 "file.a-1.part", "file.1-2-3.part", "xfile.1-2.part", "file1-2.part"};
    for (const auto& name : names) test::write_bytes(folder / name, {1});
    test::write_bytes(folder / "file.1-2.part", {1});
    write_text(file, "new");
    for (const auto& name : names) REQUIRE(std::filesystem::exists(folder / name));
    REQUIRE_FALSE(std::filesystem::exists(folder / "file.1-2.part"));
}

TEST_CASE("two writers in one process do not disturb each other; the last one wins") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    io::byte_sink first(file), second(file);
    first.write("first");
    second.write("second");
    second.commit();
    first.commit();
    REQUIRE(test::read_bytes(file) == test::bytes{'f', 'i', 'r', 's', 't'});
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("a file without a folder in its name lies in the working directory") {
    const test::temporary_folder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    test::write_bytes("file.1-2.part", {1});
    write_text("file", "text");
    std::filesystem::current_path(before);
    REQUIRE(folder.entries() == 1);
}
