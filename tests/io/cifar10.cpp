#include <lpntk/io/cifar10.hpp>

#include <cmath>

#include "io/idx_files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error;
using lpntk::io::read_cifar10;
using lpntk::io::split;
using test::says;

namespace {

/// Records whose byte p of image i is (31 i + p + first) mod 251.
test::bytes records(int count, int first = 0) {
    test::bytes content;
    for (int i = 0; i < count; ++i) {
        content.push_back(static_cast<std::uint8_t>((i + first) % 10));
        for (int p = 0; p < 3072; ++p) content.push_back(static_cast<std::uint8_t>((31 * i + p + first) % 251));
    }
    return content;
}

}  // namespace

TEST_CASE("CIFAR-10 batches become one set, channels last, each channel scaled by its own numbers") {
    const test::temporary_folder folder;
    test::write_bytes(folder / "data_batch_1.bin", records(3));
    test::write_bytes(folder / "data_batch_2.bin", records(2, 5));
    const auto data = read_cifar10(folder.path(), split::train);
    REQUIRE(data.size() == 5);
    REQUIRE((data.shape == lpntk::image_shape{32, 32, 3}));
    REQUIRE(data.labels == std::vector<int>{0, 1, 2, 5, 6});
    const double mean[] = {0.4914, 0.4822, 0.4465};
    const double deviation[] = {0.2470, 0.2435, 0.2616};
    for (int c = 0; c < 3; ++c)
        for (const int p : {0, 33, 1023}) {
            const int byte = (31 * 1 + 1024 * c + p + 5) % 251;  // second image of the second batch
            const double expected = (byte / 255.0 - mean[c]) / deviation[c];
            REQUIRE(std::abs(data.inputs(4, 3 * p + c) - expected) < 1e-5);
        }
}

TEST_CASE("a gzip batch is what it unpacks to, also when it is packed to the size of one record") {
    const test::temporary_folder folder;
    test::bytes packed = test::gzip(test::bytes(10 * 3073, 0));
    packed[3] |= 0x08;  // a name follows the header: long enough to make a record of the whole
    test::bytes name(3073 - packed.size(), 'n');
    name.back() = 0;
    packed.insert(packed.begin() + 10, name.begin(), name.end());
    REQUIRE(packed.size() == 3073);
    test::write_bytes(folder / "test_batch.bin", packed);
    REQUIRE(read_cifar10(folder.path(), split::test).size() == 10);
    const auto complaint =
        test::message_of<file_error>([&] { read_cifar10(folder.path(), split::test, {.bytes = 30'729, .ratio = 0}); });
    REQUIRE(says(complaint, "unpacks to more than 30729 bytes"));
}

TEST_CASE("what is wrong with CIFAR-10 files is said") {
    const test::temporary_folder folder;
    const auto complaint = [&](split part) {
        return test::message_of<file_error>([&] { read_cifar10(folder.path(), part); });
    };
    REQUIRE(says(complaint(split::train), "holds no data_batch_1.bin"));
    REQUIRE(says(complaint(split::test), "test_batch.bin: cannot be opened"));
    REQUIRE(says(test::message_of<file_error>([&] { read_cifar10(folder / "x", split::test); }), "no such directory"));
    test::write_bytes(folder / "data_batch_2.bin", records(1));
    REQUIRE(says(complaint(split::train), "data_batch_2.bin but not the one before"));
    test::bytes broken = records(3);
    broken[2 * 3073] = 10;
    test::write_bytes(folder / "test_batch.bin", broken);
    REQUIRE(says(complaint(split::test), "test_batch.bin: label 2 is 10"));
    for (const std::size_t size : {0U, 1U, 3072U, 3074U}) {
        test::write_bytes(folder / "test_batch.bin", test::bytes(size));
        REQUIRE(says(complaint(split::test), "no whole number of records"));
    }
}
