#include <lpntk/io/mnist.hpp>

#include <cmath>

#include "io/idx_files.hpp"
#include "support/catch.hpp"

using lpntk::file_error;
using lpntk::io::read_mnist;
using lpntk::io::split;
using test::says;

TEST_CASE("MNIST is found under each of its names and scaled") {
    const std::string spellings[] = {"-idx3-ubyte", ".idx3-ubyte", "-idx3-ubyte.gz", ".idx3-ubyte.gz"};
    for (const std::string& spelling : spellings)
        for (const split part : {split::train, split::test}) {
            const test::temporary_folder folder;
            const std::string stem = part == split::train ? "train" : "t10k";
            const test::bytes images = test::idx_images(12, 28, 28);
            const bool packed = spelling.back() == 'z';
            test::write_bytes(folder / (stem + "-images" + spelling), packed ? test::gzip(images) : images);
            test::write_bytes(folder / (stem + "-labels-idx1-ubyte"), test::idx_labels(12));
            const auto data = read_mnist(folder.path(), part);
            REQUIRE(data.size() == 12);
            REQUIRE(data.classes == 10);
            REQUIRE((data.shape == lpntk::image_shape{28, 28, 1}));
            REQUIRE(data.labels[11] == 1);
            const double expected = ((7 * 3 + 100) / 255.0 - 0.1307) / 0.3081;
            REQUIRE(std::abs(data.inputs(3, 100) - expected) < 1e-6);
        }
}

TEST_CASE("what is wrong with an MNIST folder is said") {
    const test::temporary_folder folder;
    const auto complaint = [&] {
        return test::message_of<file_error>([&] { read_mnist(folder.path(), split::train); });
    };
    REQUIRE(
        says(test::message_of<file_error>([&] { read_mnist(folder / "none", split::train); }), "no such directory"));
    REQUIRE(says(complaint(), "holds no train-images-idx3-ubyte"));
    test::write_bytes(folder / "train-images-idx3-ubyte", test::idx_images(4, 28, 28));
    REQUIRE(says(complaint(), "holds no train-labels-idx1-ubyte"));
    test::write_bytes(folder / "train-labels-idx1-ubyte", test::idx_labels(5));
    REQUIRE(says(complaint(), "train-labels-idx1-ubyte: has 5 labels for 4 images"));
    test::write_bytes(folder / "train-labels-idx1-ubyte", test::idx_labels(4));
    REQUIRE(complaint().empty());
    test::write_bytes(folder / "train-images-idx3-ubyte", test::idx_images(0, 28, 28));
    REQUIRE(says(complaint(), "holds no images"));
    REQUIRE(says(test::message_of<file_error>([&] { read_mnist(folder / "train-images-idx3-ubyte", split::train); }),
                 "is not a directory"));
}
