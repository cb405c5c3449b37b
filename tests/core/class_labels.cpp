#include <lpntk/core/class_labels.hpp>

#include <array>

#include "support/catch.hpp"

namespace {

using lpntk::class_labels;
using lpntk::index_t;

/// What is wrong with these labels of `items` samples.
std::string complaint(const class_labels& own, index_t items) {
    try {
        lpntk::require_valid(own, items, "f");
    } catch (const lpntk::argument_error& failure) {
        return failure.what();
    }
    return "";
}

}  // namespace

TEST_CASE("class labels come from a dataset, from labels and a number, or from labels alone") {
    const lpntk::dataset<float> data{lpntk::matrix<float>::Zero(3, 1), {2, 0, 2}, 4, {}};
    const class_labels of_dataset = data;
    CHECK(of_dataset.classes == 4);
    CHECK(of_dataset.labels.data() == data.labels.data());
    const class_labels with_number = {data.labels, 5};
    CHECK(with_number.classes == 5);
    const class_labels alone = data.labels;
    CHECK(alone.classes == 3);
    CHECK(class_labels(std::array{0, 7}).classes == 8);
    CHECK(class_labels(std::vector<int>{}).classes == 1);
    CHECK(of_dataset.indices() == lpntk::indices_by_class(data.labels, 4));
}

TEST_CASE("what is wrong with class labels is named") {
    const std::vector<int> labels{0, 1, 2};
    CHECK(complaint(labels, 3).empty());
    CHECK(complaint(labels, 4) == "f: number of labels is 3, must be the number of items, 4");
    CHECK(complaint({labels, 2}, 3) == "f: labels[2] is 2, must be in [0, 2)");
    CHECK(complaint({labels, 0}, 3) == "f: classes is 0, must be >= 1");
    CHECK(complaint(std::vector<int>{0, 2147483647}, 2) == "f: labels[1] is 2147483647, must be in [0, 2147483647)");
    CHECK(complaint(std::vector<int>{1, -1}, 2) == "f: labels[1] is -1, must be in [0, 2)");
}
