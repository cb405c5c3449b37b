#include <lpntk/io/idx.hpp>

#include "io/idx_files.hpp"
#include "support/catch.hpp"

using lpntk::file_error;
using lpntk::io::read_idx_images;
using lpntk::io::read_idx_labels;

namespace {

/// The complaint about this content read as images or labels; empty: none.
std::string idx_complaint(const test::bytes& content, bool images = true) {
    const test::temporary_folder folder;
    const auto file = folder / "the-file";
    test::write_bytes(file, content);
    const std::string message = test::message_of<file_error>([&] {
        if (images)
            read_idx_images(file);
        else
            read_idx_labels(file);
    });
    if (!message.empty()) REQUIRE(message.rfind(file.string() + ": ", 0) == 0);
    return message;
}

}  // namespace

TEST_CASE("an IDX file gives its images and labels, plain and gzip") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    const test::bytes images = test::idx_images(5, 3, 4);
    for (const bool packed : {false, true}) {
        test::write_bytes(file, packed ? test::gzip(images) : images);
        const auto read = read_idx_images(file);
        REQUIRE(read.count == 5);
        REQUIRE(read.height == 3);
        REQUIRE(read.width == 4);
        REQUIRE(read.pixels == test::bytes(images.begin() + 16, images.end()));
        const test::bytes labels = test::idx_labels(23);
        test::write_bytes(file, packed ? test::gzip(labels) : labels);
        const auto read_labels = read_idx_labels(file);
        REQUIRE(read_labels.size() == 23);
        REQUIRE(read_labels[22] == 2);
    }
}

TEST_CASE("gzip members one after the other are one IDX file") {
    const test::bytes content = test::idx_images(5, 3, 4);
    test::bytes packed = test::gzip({content.begin(), content.begin() + 40});
    const test::bytes rest = test::gzip({content.begin() + 40, content.end()});
    packed.insert(packed.end(), rest.begin(), rest.end());
    REQUIRE(idx_complaint(packed).empty());
}

TEST_CASE("a missing IDX file and a folder are named") {
    const test::temporary_folder folder;
    const auto missing = folder / "nothing";
    REQUIRE(test::says(test::message_of<file_error>([&] { read_idx_images(missing); }), missing.string()));
    REQUIRE(test::says(test::message_of<file_error>([&] { read_idx_images(folder.path()); }), "is a directory"));
}

TEST_CASE("an IDX file with the wrong magic number is refused with its name") {
    REQUIRE(test::says(idx_complaint(test::idx_labels(4)), "these are labels"));
    REQUIRE(test::says(idx_complaint(test::idx_images(1, 2, 2), false), "these are images"));
    test::bytes other = test::idx_images(1, 2, 2);
    other[2] = 0x0D;
    REQUIRE(test::says(idx_complaint(other), "0xd03 instead of 0x803"));
}

TEST_CASE("an IDX file with one byte too many is refused, plain and gzip") {
    test::bytes content = test::idx_images(3, 4, 4);
    content.push_back(0);
    REQUIRE(test::says(idx_complaint(content), "too long"));
    REQUIRE(test::says(idx_complaint(test::gzip(content)), "too long"));
    test::bytes packed = test::gzip(test::idx_images(3, 4, 4));
    packed.push_back(1);
    REQUIRE(test::says(idx_complaint(packed), "after its gzip stream"));
}

TEST_CASE("an IDX header that claims 2^32 images allocates no more than is there") {
    test::bytes content;
    for (const std::uint32_t word : {0x803U, 0xFFFFFFFFU, 0xFFFFU, 0xFFFFU}) test::append_big_endian(content, word);
    content.resize(content.size() + 100);
    REQUIRE(test::says(idx_complaint(content), "only 100 are there"));
    content[8] = 0xFF;
    REQUIRE(test::says(idx_complaint(content), "pixels, must be"));
    test::bytes labels;
    for (const std::uint32_t word : {0x801U, 0xFFFFFFFFU}) test::append_big_endian(labels, word);
    REQUIRE(test::says(idx_complaint(labels, false), "truncated"));
}

TEST_CASE("a label out of range is named") {
    test::bytes content = test::idx_labels(30);
    content[8 + 17] = 10;
    REQUIRE(test::says(idx_complaint(content, false), "label 17 is 10, must be in [0, 10)"));
}

TEST_CASE("every truncation of an IDX file is refused, plain and gzip") {
    const test::bytes content = test::idx_images(3, 5, 5);
    for (const test::bytes& whole : {content, test::gzip(content)}) {
        REQUIRE(idx_complaint(whole).empty());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            INFO(length);
            REQUIRE_FALSE(idx_complaint({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}).empty());
        }
    }
}

TEST_CASE("flipped bits give an error or other pixels, never a crash") {
    const test::bytes plain = test::idx_images(2, 4, 4);
    const test::bytes packed = test::gzip(plain);
    for (std::size_t at = 0; at < plain.size(); ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            test::bytes broken = plain;
            broken[at] = static_cast<std::uint8_t>(broken[at] ^ (1U << bit));
            INFO(at << " " << bit);
            REQUIRE(idx_complaint(broken).empty() == (at >= 16));
        }
    for (std::size_t at = 18; at < packed.size(); ++at) {  // the check sum finds a change anywhere in the stream
        test::bytes broken = packed;
        broken[at] = static_cast<std::uint8_t>(broken[at] ^ 0x10U);
        INFO(at);
        REQUIRE_FALSE(idx_complaint(broken).empty());
    }
}
