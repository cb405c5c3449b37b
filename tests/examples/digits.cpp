#include <support/digits.hpp>

#include <algorithm>
#include <set>

#include "support/catch.hpp"

using examples::make_digits;

TEST_CASE("a digit depends on seed and number alone, not on threads or on where the drawing started") {
    const auto data = make_digits({.count = 60, .seed = 5, .threads = 1});
    for (const int threads : {2, 3, 8})
        REQUIRE(make_digits({.count = 60, .seed = 5, .threads = threads}).inputs == data.inputs);
    const auto later = make_digits({.count = 20, .seed = 5, .first = 37});
    REQUIRE(later.inputs == data.inputs.middleRows(37, 20));
    REQUIRE(std::equal(later.labels.begin(), later.labels.end(), data.labels.begin() + 37));
    REQUIRE_FALSE(make_digits({.count = 60, .seed = 6}).inputs == data.inputs);
}

TEST_CASE("digits are balanced, scaled like MNIST, and no two are the same") {
    const auto data = make_digits({.count = 500});
    for (int digit = 0; digit < 10; ++digit) REQUIRE(std::count(data.labels.begin(), data.labels.end(), digit) == 50);
    REQUIRE((data.shape == lpntk::image_shape{28, 28, 1}));
    REQUIRE(data.inputs.minCoeff() >= -0.4243F);
    REQUIRE(data.inputs.maxCoeff() <= 2.8216F);
    REQUIRE(std::abs(data.inputs.mean()) < 0.2F);
    std::set<std::vector<float>> distinct;
    for (lpntk::index_t i = 0; i < data.size(); ++i)
        distinct.emplace(data.inputs.row(i).begin(), data.inputs.row(i).end());
    REQUIRE(distinct.size() == 500);
    REQUIRE_THROWS_AS(make_digits({.count = 0}), lpntk::argument_error);
}

TEST_CASE("the nearest mean of each class tells most digits apart, but not all") {
    const auto train = make_digits({.count = 1000, .seed = 1});
    const auto test = make_digits({.count = 500, .seed = 2});
    lpntk::matrix<float> means = lpntk::matrix<float>::Zero(10, 784);
    for (lpntk::index_t i = 0; i < train.size(); ++i)
        means.row(train.labels[static_cast<std::size_t>(i)]) += train.inputs.row(i) / 100.0F;
    int right = 0;
    for (lpntk::index_t i = 0; i < test.size(); ++i) {
        lpntk::index_t nearest = 0;
        (means.rowwise() - test.inputs.row(i)).rowwise().squaredNorm().minCoeff(&nearest);
        right += nearest == test.labels[static_cast<std::size_t>(i)] ? 1 : 0;
    }
    REQUIRE(right > 300);
    REQUIRE(right < 490);
}
