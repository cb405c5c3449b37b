#include <support/data.hpp>

#include <cmath>

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

TEST_CASE("a --data that holds no set, or two, says what it is instead") {
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
    REQUIRE(
        test::says(problem(folder / "empty"), "holds neither MNIST nor CIFAR-10: MNIST is train-images-idx3-ubyte"));
    std::filesystem::create_directories(folder / "both/cifar10");
    test::write_bytes(folder / "both/cifar10/data_batch_1.bin", {1});
    REQUIRE(test::says(problem(folder / "both"), "is 1 bytes long, no whole number of records"));
    test::write_bytes(folder / "both/train-labels-idx1-ubyte", {1});
    REQUIRE(test::says(problem(folder / "both"), "holds MNIST and CIFAR-10: name a folder that holds one of them"));
    REQUIRE(test::says(problem(folder / "both/cifar10"), "is 1 bytes long"));
    std::filesystem::remove(folder / "both/cifar10/data_batch_1.bin");
    REQUIRE(test::says(problem(folder / "both"), "holds no train-images-idx3-ubyte"));
}

TEST_CASE("CIFAR-10 is known by its files, and its colours can be had back") {
    const test::temporary_folder folder;
    std::filesystem::create_directory(folder / "cifar10");
    constexpr std::size_t pixels = 32 * 32;
    const auto records = [&](int count) {
        test::bytes all;
        for (int i = 0; i < count; ++i) {
            all.push_back(static_cast<unsigned char>(i % 10));
            for (const int channel : {0, 1, 2})  // as bright as the number of the image, the channel and the pixel say
                for (std::size_t p = 0; p < pixels; ++p)
                    all.push_back(static_cast<unsigned char>((i + 50 * channel + static_cast<int>(p % 7)) % 256));
        }
        return all;
    };
    test::write_bytes(folder / "cifar10/data_batch_1.bin", records(120));
    examples::options options{"program", "A test.", {.samples = 90, .seed = 4}};
    for (const auto& data : {folder.path(), folder / "cifar10"}) {
        options.data = data;
        REQUIRE(
            test::says(test::message_of<lpntk::file_error>([&] { examples::load_images(options); }), "test_batch.bin"));
    }
    test::write_bytes(folder / "cifar10/test_batch.bin", records(30));
    const auto data = examples::load_images(options, {.validation = 20});
    REQUIRE(data.name == "CIFAR-10");
    REQUIRE(data.train.size() == 90);
    REQUIRE(data.validation.size() == 20);
    REQUIRE(data.test.size() == 30);
    REQUIRE(data.train.shape == lpntk::image_shape{32, 32, 3});
    const auto black = data.scaling.black(3);
    for (std::size_t c = 0; c < 3; ++c) {
        const float value = data.test.inputs(29, static_cast<lpntk::index_t>(3 * 6 + c));  // pixel 6 of image 29
        REQUIRE(std::abs(255 * data.scaling.brightness(value, c) - static_cast<float>(29 + 50 * c + 6)) < 1e-3F);
        REQUIRE(std::abs(data.scaling.brightness(static_cast<float>(black[c]), c)) < 1e-6F);
    }
    // Too few for both: validation takes the last of the test images.
    options.samples = 101;
    const auto full = examples::load_images(options, {.validation = 20});
    REQUIRE(full.train.size() == 101);
    REQUIRE(full.test.inputs == data.test.inputs.topRows(10));
    REQUIRE(full.validation.inputs == data.test.inputs.bottomRows(20));
    REQUIRE(examples::load_images(options, {.validation = 19, .choose_from = 1000}).train.size() == 101);
    const auto refusal = [&](examples::split_sizes sizes) {
        return test::message_of<lpntk::argument_error>([&] { examples::load_images(options, sizes); });
    };
    REQUIRE(test::says(refusal({.validation = 30}),
                       "number of test and validation samples is 31, must be at most 30"));
    options.samples = 121;
    REQUIRE(test::says(refusal({.validation = 1}), "number of training samples is 121, must be at most 120"));
    options.samples = 60;
    REQUIRE(examples::load_images(options, {.validation = 20, .choose_from = 1000}).train.size() == 100);
    REQUIRE(examples::load_images(options, {.validation = 20, .choose_from = 70}).train.size() == 70);
}
