#include <lpntk/core/dataset.hpp>

#include <limits>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;

namespace {

/// Five samples of 2 x 1 x 1, three classes, sample i holds (i, 10 i).
lpntk::dataset<double> five_samples() {
    lpntk::dataset<double> data{lpntk::matrix<double>(5, 2), {2, 0, 1, 0, 2}, 3, {2, 1, 1}};
    for (index_t i = 0; i < 5; ++i) data.inputs.row(i) << static_cast<double>(i), 10.0 * static_cast<double>(i);
    return data;
}

template <class Change>
std::string complaint(Change change) {
    auto data = five_samples();
    change(data);
    try {
        lpntk::require_valid(data, "f");
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("an image has height times width times channels numbers") {
    REQUIRE(lpntk::image_shape{28, 20, 3}.size() == 1680);
    REQUIRE(lpntk::image_shape{}.size() == 1);
}

TEST_CASE("a whole dataset is accepted") {
    REQUIRE(complaint([](auto&) {}).empty());
}

TEST_CASE("what is wrong with a dataset is named") {
    REQUIRE(complaint([](auto& d) {
                d.inputs.resize(0, 2);
                d.labels.clear();
            }) == "f: number of samples is 0, must be >= 1");
    REQUIRE(complaint([](auto& d) { d.labels.pop_back(); }) ==
            "f: number of labels is 4, must be the number of samples, 5");
    REQUIRE(complaint([](auto& d) { d.shape.channels = 3; }) ==
            "f: numbers in a sample is 2, must be height x width x channels, 6");
    REQUIRE(complaint([](auto& d) { d.labels[3] = 3; }) == "f: labels[3] is 3, must be in [0, 3)");
    REQUIRE(complaint([](auto& d) { d.labels[1] = -1; }) == "f: labels[1] is -1, must be in [0, 3)");
    const std::string not_finite = "f: input of sample 2 holds NaN or infinity";
    REQUIRE(complaint([](auto& d) { d.inputs(2, 1) = std::numeric_limits<double>::quiet_NaN(); }) == not_finite);
    REQUIRE(complaint([](auto& d) { d.inputs(2, 0) = -std::numeric_limits<double>::infinity(); }) == not_finite);
}

TEST_CASE("subset takes the samples in the order asked for, repeats included") {
    const auto data = five_samples();
    const std::vector<index_t> indices{4, 0, 0, 2};
    const auto part = lpntk::subset(data, indices);
    REQUIRE(part.size() == 4);
    REQUIRE(part.classes == 3);
    REQUIRE(part.shape == data.shape);
    REQUIRE(part.labels == std::vector<int>{2, 2, 2, 1});
    for (index_t row = 0; row < 4; ++row)
        REQUIRE(part.inputs.row(row) == data.inputs.row(indices[static_cast<std::size_t>(row)]));
}

TEST_CASE("a set without labels has subsets without labels; labels for some samples only are refused") {
    auto data = five_samples();
    data.labels.clear();
    const auto part = lpntk::subset(data, std::vector<index_t>{3, 3});
    REQUIRE(part.inputs.row(1) == data.inputs.row(3));
    REQUIRE(part.labels.empty());
    data.labels = {0, 1, 2, 0};
    REQUIRE(
        test::says(test::message_of<lpntk::argument_error>([&] { (void)lpntk::subset(data, std::vector<index_t>{0}); }),
                   "subset: number of labels is 4, must be none, or the number of samples, 5"));
}

TEST_CASE("subset of nothing is empty, of a missing sample an error") {
    const auto data = five_samples();
    REQUIRE(lpntk::subset(data, std::vector<index_t>{}).size() == 0);
    REQUIRE_THROWS_AS(lpntk::subset(data, std::vector<index_t>{0, 5}), lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::subset(data, std::vector<index_t>{-1}), lpntk::argument_error);
}

TEST_CASE("indices_by_class lists each class's samples in order, empty classes too") {
    using lists = std::vector<std::vector<index_t>>;
    REQUIRE(lpntk::indices_by_class(five_samples().labels, 4) == lists{{1, 3}, {2}, {0, 4}, {}});
    REQUIRE(lpntk::indices_by_class(std::vector<int>{}, 2) == lists{{}, {}});
    REQUIRE_THROWS_AS(lpntk::indices_by_class(std::vector<int>{0, 2}, 2), lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::indices_by_class(std::vector<int>{}, -1), lpntk::argument_error);
}
