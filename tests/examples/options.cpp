#include <support/data.hpp>
#include <support/options.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "io/idx_files.hpp"
#include "support/catch.hpp"

namespace {

/// Exit code of an example with this command line; the options it ended up with stay in `options`.
int run(examples::options& options, std::vector<std::string> arguments, const std::function<void()>& body = [] {}) {
    arguments.insert(arguments.begin(), "program");
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    return examples::run_example(static_cast<int>(pointers.size()), pointers.data(), options,
                                 [&](examples::results&) { body(); });
}

int run(const std::vector<std::string>& arguments) {
    const test::temporary_folder folder;
    examples::options options{"program", "A test."};
    options.out = folder / "out";
    return run(options, arguments);
}

}  // namespace

TEST_CASE("the options that all examples share reach their variables") {
    const test::temporary_folder folder;
    examples::options options{"program", "A test.", {.samples = 77}};
    double keep = 0.9;
    options.add("--keep", keep, "fraction", 0.1, 1.0);
    std::vector<lpntk::index_t> widths{1, 2};
    options.add("--widths", widths, "widths", lpntk::index_t{1}, lpntk::index_t{100});
    bool ran = false;
    REQUIRE(run(options,
                {"--seed", "9", "--threads", "3", "--out", (folder / "a" / "b").string(), "--widths", "4,8,16"},
                [&] { ran = std::filesystem::is_directory(folder / "a" / "b"); }) == 0);
    REQUIRE(ran);
    REQUIRE(options.samples == 77);
    REQUIRE(options.seed == 9);
    REQUIRE(options.threads == 3);
    REQUIRE(keep == 0.9);
    REQUIRE(widths == std::vector<lpntk::index_t>{4, 8, 16});
    REQUIRE(options.given("--seed"));
    REQUIRE_FALSE(options.given("--keep"));
}

TEST_CASE("a bad command line ends with 2, help with 0, an exception with 1 and without a trace") {
    REQUIRE(run({"--help"}) == 0);
    REQUIRE(run({"--no-such-option"}) == 2);
    REQUIRE(run({"--samples", "0"}) == 2);
    REQUIRE(run({"--samples", "many"}) == 2);
    REQUIRE(run({"--threads", "-1"}) == 2);
    REQUIRE(run({"--out", ""}) == 2);
    REQUIRE(run({"--data", ""}) == 2);
    const test::temporary_folder folder;
    examples::options options{"program", "A test."};
    REQUIRE(run(options, {"--out", (folder / "out" / "deep").string()},
                [] { throw std::runtime_error("as it should"); }) == 1);
    REQUIRE(folder.entries() == 0);
    test::write_bytes(folder / "file", {1});
    examples::options blocked{"program", "A test."};
    REQUIRE(run(blocked, {"--out", (folder / "file").string()}) == 1);
}

TEST_CASE("what is not a number within the bounds is refused before anything runs") {
    const std::string value =
        GENERATE("nan", "-nan", "NAN(1)", "inf", "-inf", "1e999", "0.09", "1.1", "half", "", "0.5x");
    const std::string flag = GENERATE("--keep", "--ratios");
    examples::options options{"program", "A test."};
    double keep = 0.9;
    std::vector<double> ratios{0.5};
    options.add("--keep", keep, "fraction", 0.1, 1.0);
    options.add("--ratios", ratios, "fractions", 0.1, 1.0);
    bool ran = false;
    CAPTURE(flag, value);
    REQUIRE(run(options, {flag, value}, [&] { ran = true; }) == 2);
    REQUIRE_FALSE(ran);
}

TEST_CASE("MNIST is split at random by seed, without overlap, with the test images as they are") {
    const test::temporary_folder folder;
    std::filesystem::create_directory(folder / "mnist");
    for (const std::string stem : {"train", "t10k"}) {
        const std::uint32_t count = stem == "train" ? 250 : 40;
        test::write_bytes(folder / ("mnist/" + stem + "-images-idx3-ubyte"), test::idx_images(count, 4, 5));
        test::write_bytes(folder / ("mnist/" + stem + "-labels-idx1-ubyte"), test::idx_labels(count));
    }
    examples::options options{"program", "A test.", {.samples = 100, .seed = 4}};
    options.data = folder.path();
    const auto data = examples::load_images(options, {.validation = 60});
    REQUIRE(data.name == "MNIST");
    REQUIRE(data.train.size() == 100);
    REQUIRE(data.validation.size() == 60);
    REQUIRE(data.test.size() == 40);
    std::set<std::vector<float>> seen;  // the first 256 images of the file differ
    for (const auto* part : {&data.train, &data.validation})
        for (lpntk::index_t i = 0; i < part->size(); ++i)
            seen.emplace(part->inputs.row(i).begin(), part->inputs.row(i).end());
    REQUIRE(seen.size() == 160);
    REQUIRE(examples::load_images(options, {.validation = 60}).train.inputs == data.train.inputs);
    options.seed = 5;
    REQUIRE_FALSE(examples::load_images(options, {.validation = 60}).train.inputs == data.train.inputs);
    options.data = folder / "mnist";
    REQUIRE(examples::load_images(options, {.validation = 60, .test = 7}).test.size() == 7);
    options.samples = 251;
    REQUIRE_THROWS_AS(examples::load_images(options, {.validation = 60}), lpntk::argument_error);
    options.data = folder / "nothing";
    REQUIRE_THROWS_AS(examples::load_images(options), lpntk::file_error);
}

TEST_CASE("without --data the digits are drawn: test digits are the same for every seed") {
    examples::options options{"program", "A test.", {.samples = 50}};
    const auto first = examples::load_images(options, {.validation = 20, .test = 30});
    options.seed = 2;
    const auto second = examples::load_images(options, {.validation = 20, .test = 30});
    REQUIRE(first.name == "built-in digits");
    REQUIRE(first.test.inputs == second.test.inputs);
    REQUIRE_FALSE(first.train.inputs == second.train.inputs);
    REQUIRE_FALSE(first.train.inputs.topRows(20) == first.validation.inputs);
}
