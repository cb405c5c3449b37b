#include <lpntk/io/byte_source.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstdint>
#include <limits>
#include <string>

#include <lpntk/io/cifar10.hpp>
#include <lpntk/io/mnist.hpp>
#include <lpntk/io/npy.hpp>

#include "io/idx_files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error;
using test::message_of;
using test::says;
namespace io = lpntk::io;

namespace {

/// Two megabytes of zeros and their gzip, of some two thousand bytes.
const test::bytes zeros(2'000'000, 0);
const test::bytes packed_zeros = test::gzip(zeros);

}  // namespace

TEST_CASE("readers refuse what is no regular file, without waiting for it") {
    const test::temporary_folder folder;
    const auto complaint = [](const std::filesystem::path& file) {
        const std::string message = message_of<file_error>([&] { io::read_idx_images(file); });
        REQUIRE(message_of<file_error>([&] { io::read_npy<float>(file); }) == message);
        return message;
    };
    REQUIRE(mkfifo((folder / "train-images-idx3-ubyte").c_str(), 0600) == 0);
    REQUIRE(says(complaint(folder / "train-images-idx3-ubyte"), "is no regular file"));
    test::write_bytes(folder / "train-labels-idx1-ubyte", test::idx_labels(3));
    REQUIRE(says(message_of<file_error>([&] { io::read_mnist(folder.path(), io::split::train); }), "no regular file"));
    REQUIRE(mkfifo((folder / "test_batch.bin").c_str(), 0600) == 0);
    REQUIRE(says(message_of<file_error>([&] { io::read_cifar10(folder.path(), io::split::test); }), "no regular file"));

    REQUIRE(says(complaint("/dev/zero"), "/dev/zero: is no regular file"));
    REQUIRE(says(complaint(folder.path()), "is a directory"));
    std::filesystem::create_symlink("/dev/zero", folder / "link");
    REQUIRE(says(complaint(folder / "link"), "is no regular file"));
    std::filesystem::create_symlink("loop", folder / "loop");
    REQUIRE(says(complaint(folder / "loop"), "cannot be opened"));

    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = folder / "socket";
    REQUIRE(name.size() < sizeof(address.sun_path));
    name.copy(address.sun_path, name.size());
    const int made = socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(says(complaint(name), "is no regular file"));
    close(made);
}

TEST_CASE("gzip unpacks up to the limit and not a byte further") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::write_bytes(file, packed_zeros);
    io::byte_source enough(file, {.bytes = zeros.size(), .ratio = 0});
    REQUIRE(enough.read_rest("zeros") == zeros);
    io::byte_source little(file, {.bytes = zeros.size() - 1, .ratio = 0});
    REQUIRE(says(message_of<file_error>([&] { little.read_rest("zeros"); }), "unpacks to more than 1999999 bytes"));
    io::byte_source by_ratio(file, {.bytes = 0, .ratio = 500});
    REQUIRE(says(message_of<file_error>([&] { by_ratio.read_rest("zeros"); }), "unpacks to more than"));
    REQUIRE(io::byte_source(file, {.bytes = 0, .ratio = 1032}).read_rest("zeros") == zeros);
}

TEST_CASE("the limit is the larger of bytes and ratio, and does not overflow") {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    REQUIRE(io::unpack_limit{.bytes = 10, .ratio = 3}.of(3) == 10);
    REQUIRE(io::unpack_limit{.bytes = 10, .ratio = 3}.of(4) == 12);
    REQUIRE(io::unpack_limit{.bytes = 10, .ratio = most}.of(2) == most);
    REQUIRE(io::unpack_limit{.bytes = 10, .ratio = most}.of(0) == 10);
    REQUIRE(io::unpack_limit{}.of(1'000'000) == std::uint64_t{256} << 20U);  // a megabyte cannot make a gigabyte
}

TEST_CASE("what gzip claims and cannot hold, or may not, is refused before it is unpacked") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::bytes content;
    for (const std::uint32_t word : {0x803U, 0xFFFFU, 1000U, 1000U}) test::append_big_endian(content, word);
    test::write_bytes(file, test::gzip(content));
    REQUIRE(says(message_of<file_error>([&] { io::read_idx_images(file); }), "may unpack to 268435456 at most"));
    REQUIRE(says(message_of<file_error>([&] { io::read_idx_images(file, {.ratio = 1ULL << 60U}); }), "is truncated"));
    REQUIRE(says(message_of<file_error>([&] { io::read_idx_images(file, {.ratio = 1ULL << 60U}); }), "can be there"));

    test::bytes labels;
    for (const std::uint32_t word : {0x801U, 300'000U}) test::append_big_endian(labels, word);
    test::write_bytes(file, test::gzip(labels));
    REQUIRE(says(message_of<file_error>([&] { io::read_idx_labels(file); }), "should be 300000 bytes, only"));
}

TEST_CASE("what a plain header claims is compared with the size of the file before memory is taken") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::bytes content;
    for (const std::uint32_t word : {0x803U, 0xFFFFFFFFU, 0xFFFFU, 0xFFFFU}) test::append_big_endian(content, word);
    test::write_bytes(file, content);
    REQUIRE(says(message_of<file_error>([&] { io::read_idx_images(file); }), "only 0 are there"));
}

TEST_CASE("bytes come in order through every buffer, plain and gzip") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::bytes content(300'000);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i * i % 251);
    test::bytes members;  // many gzip streams, so that some begin at the end of a buffer
    for (std::size_t at = 0; at < content.size(); at += 1000) {
        const auto from = content.begin() + static_cast<std::ptrdiff_t>(at);
        const test::bytes member = test::gzip({from, from + 1000});
        members.insert(members.end(), member.begin(), member.end());
    }
    for (const test::bytes& whole : {content, test::gzip(content), members}) {
        test::write_bytes(file, whole);
        io::byte_source source(file);
        REQUIRE(source.is_gzip() == (whole.size() != content.size()));
        test::bytes read = source.read(7, "the first bytes");
        const test::bytes rest = source.read_rest("the rest");
        read.insert(read.end(), rest.begin(), rest.end());
        REQUIRE(read == content);
        source.require_end();
    }
}
