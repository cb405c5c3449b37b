#include <lpntk/io/npy.hpp>

#include <string>
#include <vector>

#include "io/npy_files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error;
using lpntk::index_t;
using test::numpy_file;
namespace io = lpntk::io;

namespace {

/// The complaint about the labels in a file.
std::string label_complaint(const std::filesystem::path& file, int classes) {
    return test::message_of<file_error>([&] { io::read_npy_labels(file, classes); });
}

}  // namespace

TEST_CASE("labels and indices come from NumPy's files of every type of integer") {
    for (const char* kind : {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "big_i2", "big_u4", "big_i8"}) {
        INFO(kind);
        const auto file = numpy_file(std::string("labels_") + kind);
        REQUIRE(io::read_npy_labels(file, 128) == std::vector<int>{3, 0, 9, 127});
        REQUIRE(io::read_npy_indices(file) == std::vector<index_t>{3, 0, 9, 127});
    }
    REQUIRE(io::read_npy_labels(numpy_file("labels_bool"), 2) == std::vector<int>{1, 0, 1});
    REQUIRE(io::read_npy_indices(numpy_file("negative_i2")) == std::vector<index_t>{5, -300});
}

TEST_CASE("types may be spelled as NumPy accepts them") {
    const test::temporary_folder folder;
    const auto file = folder / "labels.npy";
    const auto labels = [&](const char* type, const auto& numbers) {
        test::write_bytes(file, test::npy(test::dictionary(type, "False", "(2,)"), numbers));
        return io::read_npy_labels(file, 10);
    };
    const std::vector<int> expected{3, 1};
    for (const char* type : {"|i1", "i1", "<i1", ">i1", "=i1", "u1", "|u1"})
        REQUIRE(labels(type, std::vector<std::uint8_t>{3, 1}) == expected);
    for (const char* type : {"<i8", "=i8", "i8", "|i8", "u8"})
        REQUIRE(labels(type, std::vector<std::int64_t>{3, 1}) == expected);
    for (const char* type : {"b1", "<b1", "|b1"}) REQUIRE(labels(type, std::vector<std::uint8_t>{1, 0})[0] == 1);
    REQUIRE(labels(">i2", std::vector<std::uint8_t>{0, 3, 0, 1}) == expected);
}

TEST_CASE("labels that are none are named, and what are no integers") {
    REQUIRE(test::says(label_complaint(numpy_file("labels_i2"), 9), "labels_i2.npy: label 2 is 9, must be in [0, 9)"));
    REQUIRE(test::says(label_complaint(numpy_file("negative_i2"), 10), "label 1 is -300, must be in [0, 10)"));
    REQUIRE(
        test::says(label_complaint(numpy_file("huge_u8"), 10), "number 1 is 9223372036854775808, must be below 2^63"));
    REQUIRE(test::says(label_complaint(numpy_file("kernel_f4"), 10), "type <f4, expected integers"));
    REQUIRE_THROWS_AS(io::read_npy_labels(numpy_file("labels_i2"), 0), lpntk::argument_error);
    const test::temporary_folder folder;
    const auto file = folder / "labels.npy";
    for (const char* type : {"<f8", "<i3", "<b8", "f4", "8", "i", "", "!i8", "<c8", "|O", "<U1"}) {
        INFO(type);
        test::write_bytes(file, test::npy(test::dictionary(type, "False", "(1,)"), std::vector<double>{0}));
        REQUIRE(test::says(label_complaint(file, 10), "expected integers"));
    }
    test::write_bytes(file, test::npy(test::dictionary("<i4", "False", "(2, 1)"), std::vector<int>{0, 1}));
    REQUIRE(test::says(label_complaint(file, 10), "has 2 axes, expected 1"));
    test::write_bytes(file, test::npy(test::dictionary("<i4", "False", "(3,)"), std::vector<int>{0, 1}));
    REQUIRE(test::says(label_complaint(file, 10), "truncated"));
    test::write_bytes(file, test::npy(test::dictionary("<i4", "False", "(1,)"), std::vector<int>{0, 1}));
    REQUIRE(test::says(label_complaint(file, 10), "too long"));
}
