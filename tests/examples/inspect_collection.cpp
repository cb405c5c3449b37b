#include <inspect/collection.hpp>

#include <cstdint>
#include <limits>
#include <span>

#include <inspect/npy_images.hpp>
#include <lpntk/io/npy.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;

namespace {

/// A .npy file of these numbers, as many as there are or are given.
template <class T>
void write_array(const std::filesystem::path& file, const char* type, const std::vector<std::uint64_t>& shape,
                 const std::vector<T>& numbers, bool column_major = false) {
    lpntk::io::write_file(file, [&](lpntk::io::byte_sink& sink) {
        lpntk::io::write_npy_header(sink, {type, column_major, shape});
        sink.write(numbers.data(), numbers.size() * sizeof(T));
    });
}

template <class T>
std::vector<T> counted(std::size_t count, T step = 1) {
    std::vector<T> numbers(count);
    for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<T>(static_cast<T>(i) * step);
    return numbers;
}

/// A folder with labels 0, 1, 0 and whatever images.
struct npy_folder {
    test::temporary_folder folder;
    std::filesystem::path images = folder / "images.npy", labels = folder / "labels.npy";

    npy_folder() { write_labels({0, 1, 0}); }
    void write_labels(const std::vector<index_t>& values) const {
        lpntk::io::write_npy(labels, std::span<const index_t>(values));
    }
    inspect::npy_images read() const { return inspect::read_npy_images(images, labels); }
    std::string problem() const {
        return test::message_of<lpntk::file_error>([&] { read(); });
    }
    inspect::collection collected(const std::filesystem::path& names = {}, index_t samples = 100) const {
        examples::options options{"program", "A test.", {.samples = samples}};
        options.data = folder.path();
        return inspect::read_collection(options, names);
    }
};

float brightness(const inspect::npy_images& read, index_t sample, index_t pixel, index_t channel) {
    const float value = read.data.inputs(sample, pixel * read.data.shape.channels + channel);
    return read.scaling.brightness(value, static_cast<std::size_t>(channel));
}

}  // namespace

TEST_CASE("images in .npy are read whatever the place of their channels, and standardised") {
    const npy_folder in;
    write_array(in.images, "|u1", {3, 2, 4}, counted<std::uint8_t>(24, 10));
    const auto grey = in.read();
    REQUIRE(grey.data.shape == lpntk::image_shape{2, 4, 1});
    REQUIRE(grey.data.classes == 2);
    REQUIRE(test::says(grey.understood, "3 x 2 x 4 is N x H x W, uint8 from 0 to 230"));
    REQUIRE(std::abs(brightness(grey, 1, 3, 0) - 110.0F / 255) < 1e-5F);
    REQUIRE(std::abs(grey.data.inputs.mean()) < 1e-5F);
    REQUIRE(std::abs(grey.data.inputs.array().square().mean() - 1) < 1e-4F);

    write_array(in.images, "<f4", {3, 2, 4, 3}, counted<float>(72, 0.01F));
    const auto last = in.read();
    REQUIRE(last.data.shape == lpntk::image_shape{2, 4, 3});
    REQUIRE(test::says(last.understood, "N x H x W x C, float32"));
    REQUIRE(std::abs(brightness(last, 1, 2, 1) - 0.31F) < 1e-5F);

    write_array(in.images, "<f8", {3, 3, 2, 4}, counted<double>(72, 1.0));
    const auto first = in.read();
    REQUIRE(first.data.shape == lpntk::image_shape{2, 4, 3});
    REQUIRE(test::says(first.understood, "N x C x H x W, float64"));
    REQUIRE(std::abs(brightness(first, 1, 2, 1) - (24 + 8 + 2) / 255.0F) < 1e-5F);

    auto negative = counted<float>(24);
    negative[0] = -1;
    write_array(in.images, "<f4", {3, 2, 4, 1}, negative);
    REQUIRE(test::says(in.read().understood, "from -1.000 to 23.000, taken for black and white"));
    REQUIRE(std::abs(brightness(in.read(), 2, 7, 0) - 1) < 1e-5F);
}

TEST_CASE("images in .npy that cannot be read one way alone are refused, and what would do is said") {
    const npy_folder in;
    const auto problem_of = [&](const std::vector<std::uint64_t>& shape) {
        std::size_t size = 1;
        for (const auto extent : shape) size *= extent;
        write_array(in.images, "|u1", shape, counted<std::uint8_t>(size));
        return in.problem();
    };
    CHECK(test::says(problem_of({3, 8}), "has 2 axes, must have 3 (N x H x W) or 4"));
    CHECK(test::says(problem_of({3, 2, 4, 1, 1}), "has 5 axes"));
    CHECK(test::says(problem_of({3, 3, 4, 3}), "can be N x H x W x C as well as N x C x H x W"));
    CHECK(test::says(problem_of({3, 1, 8, 1}), "can be N x H x W x C as well as N x C x H x W"));
    CHECK(test::says(problem_of({3, 2, 2, 4}), "neither the last axis nor the second is 1 or 3"));
    CHECK(test::says(problem_of({3, 0, 2}), "there are no pixels"));
    CHECK(test::says(problem_of({4, 2, 2}), "holds 3 labels for 4 images"));
    write_array(in.images, "<i8", {3, 2, 4}, counted<std::int64_t>(24));
    CHECK(test::says(in.problem(), "holds numbers of type <i8, must be |u1 (uint8), <f4 (float32) or <f8"));
    write_array(in.images, "|u1", {3, 2, 4}, counted<std::uint8_t>(24), true);
    CHECK(test::says(in.problem(), "is in Fortran order: save numpy.ascontiguousarray(images)"));
    write_array(in.images, "<f4", {3, 2, 4}, std::vector<float>(24, 0.5F));
    CHECK(test::says(in.problem(), "are the same"));
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        auto numbers = counted<float>(24);
        numbers[17] = bad;
        write_array(in.images, "<f4", {3, 2, 4}, numbers);
        CHECK(test::says(in.problem(), "image 2 holds NaN or infinity"));
    }
    write_array(in.images, "<f8", {3, 2, 4}, std::vector<double>{1e300});
    CHECK(test::says(in.problem(), "is truncated: the images should be 192 bytes, only 8 are there"));
    write_array(in.images, "|u1", {3, 2, 4}, counted<std::uint8_t>(25));
    CHECK(test::says(in.problem(), "is too long"));
    write_array(in.images, "<f8", {3, std::uint64_t{1} << 30U, std::uint64_t{1} << 30U}, std::vector<double>{1});
    CHECK(test::says(in.problem(), "is truncated"));
    test::write_bytes(in.images, {0, 1, 2});
    CHECK(test::says(in.problem(), "is truncated"));
}

TEST_CASE("labels in .npy may be neither negative nor too large, and there are two classes at least") {
    const npy_folder in;
    write_array(in.images, "|u1", {3, 2, 4}, counted<std::uint8_t>(24));
    in.write_labels({0, -1, 0});
    CHECK(test::says(in.problem(), "label 1 is -1, must be in [0, 1000)"));
    in.write_labels({0, 1, 1000});
    CHECK(test::says(in.problem(), "label 2 is 1000, must be in [0, 1000)"));
    write_array(in.labels, "<f4", {3}, counted<float>(3));
    CHECK(test::says(in.problem(), "expected integers"));
    in.write_labels({1, 1, 1});
    CHECK(test::says(test::message_of<lpntk::argument_error>([&] { in.collected(); }),
                     "number of classes that have samples is 1, must be >= 2"));
    std::filesystem::remove(in.labels);
    CHECK(test::says(in.problem(), "labels.npy"));
}

TEST_CASE("classes are named by a file, whose names must suffice") {
    const npy_folder in;
    write_array(in.images, "|u1", {3, 2, 4}, counted<std::uint8_t>(24));
    const auto write = [&](const std::string& text) {
        test::write_bytes(in.folder / "names", {text.begin(), text.end()});
        return in.folder / "names";
    };
    REQUIRE(in.collected().classes == std::vector<std::string>{"0", "1"});
    REQUIRE(in.collected(write("a b\r\n<c>\nnone\n\n")).classes == std::vector<std::string>{"a b", "<c>", "none"});
    REQUIRE(in.collected(in.folder / "names").data().classes == 3);
    const auto refused = [&](const std::string& text) {
        return test::message_of<lpntk::file_error>([&] { in.collected(write(text)); });
    };
    CHECK(test::says(refused("\n"), "holds no names"));
    CHECK(test::says(refused("a\n\nb\n"), "line 2 is empty"));
    CHECK(test::says(refused("a\n\xFF\n"), "line 2 is no UTF-8"));
    CHECK(test::says(test::message_of<lpntk::argument_error>([&] { in.collected(write("a\n")); }),
                     "number of names of classes is 1, must be in [2, 1000]: the largest label is 1"));
}

TEST_CASE("samples are drawn at random, and know their numbers in the files") {
    const npy_folder in;
    constexpr std::size_t count = 60;
    std::vector<index_t> labels(count);
    for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<index_t>(i % 3);
    in.write_labels(labels);
    write_array(in.images, "<f4", {count, 1, 2}, counted<float>(2 * count));
    const auto all = in.collected(), some = in.collected({}, 20);
    REQUIRE(all.size() == 60);
    REQUIRE(some.size() == 20);
    REQUIRE(std::is_sorted(some.origin.begin(), some.origin.end()));
    for (index_t k = 0; k < some.size(); ++k) {
        const index_t i = some.origin[static_cast<std::size_t>(k)];
        REQUIRE(some.data().inputs.row(k) == all.data().inputs.row(i));
        REQUIRE(some.data().labels[static_cast<std::size_t>(k)] == i % 3);
    }
    test::write_bytes(in.folder / "data_batch_1.bin", {1});
    REQUIRE(test::says(test::message_of<lpntk::file_error>([&] { in.collected(); }),
                       "holds CIFAR-10 and NumPy's arrays: name a folder that holds one of them"));
}
