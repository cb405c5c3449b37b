#include <support/data.hpp>

#include <lpntk/core/require.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

TEST_CASE("a class with too few samples is named, and what to do") {
    const lpntk::dataset<float> data{lpntk::matrix<float>::Zero(5, 1), {0, 1, 1, 0, 0}, 2, {1, 1, 1}};
    REQUIRE_NOTHROW(examples::require_per_class(data, 2));
    std::string message;
    try {
        examples::require_per_class(data, 3);
    } catch (const lpntk::argument_error& error) {
        message = error.what();
    }
    REQUIRE(message == "--samples 5: number of training samples of class 1 is 2, must be >= 3: ask for more --samples");
}

TEST_CASE("a --data that holds no MNIST says what it is instead") {
    const test::temporary_folder folder;
    const auto problem = [&](const std::filesystem::path& data) {
        examples::options options{"program", "A test.", {.samples = 20}};
        options.data = data;
        return test::message_of<lpntk::file_error>([&] { examples::load_images(options); });
    };
    REQUIRE(test::says(problem(folder / "nothing"),
                       "--data " + (folder / "nothing").string() + ": there is no such folder"));
    test::write_bytes(folder / "file", {1});
    REQUIRE(test::says(problem(folder / "file"), "is not a folder"));
    std::filesystem::create_directory(folder / "empty");
    REQUIRE(test::says(problem(folder / "empty"), "holds nothing of MNIST: train-images-idx3-ubyte"));
    std::filesystem::create_directory(folder / "cifar");
    test::write_bytes(folder / "cifar/data_batch_1.bin", {1});
    REQUIRE(test::says(problem(folder / "cifar"), "holds CIFAR-10"));
    test::write_bytes(folder / "cifar/train-labels-idx1-ubyte", {1});
    REQUIRE(test::says(problem(folder / "cifar"), "holds no train-images-idx3-ubyte"));
}
