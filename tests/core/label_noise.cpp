#include <lpntk/core/label_noise.hpp>

#include <cmath>
#include <vector>

#include "support/catch.hpp"

using namespace lpntk;

TEST_CASE("uniform label noise: exactly the fraction, every other class alike") {
    std::vector<int> labels;
    for (int i = 0; i < 9000; ++i) labels.push_back(i % 3);
    const auto noisy = flip_uniformly{.fraction = 0.2, .seed = 1}(labels, 3);
    CHECK(noisy.count() == 1800);
    matrix<double> moved = matrix<double>::Zero(3, 3);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        CHECK(noisy.flipped[i] == (noisy.labels[i] != labels[i]));
        ++moved(labels[i], noisy.labels[i]);
    }
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
            if (a != b) CHECK(std::abs(moved(a, b) - 300) < 85);  // standard deviation below 17
    CHECK(flip_uniformly{.fraction = 0.2, .seed = 1}(labels, 3).labels == noisy.labels);
    CHECK(flip_uniformly{.fraction = 0.2, .seed = 2}(labels, 3).labels != noisy.labels);
    CHECK(flip_uniformly{}(labels, 3).count() == 0);
    CHECK(flip_uniformly{.fraction = 1}(labels, 3).count() == 9000);
    CHECK_THROWS_AS(flip_uniformly{.fraction = 1.5}(labels, 3), argument_error);
    CHECK_THROWS_AS(flip_uniformly{.fraction = 0.1}(std::vector<int>{0}, 1), argument_error);
    CHECK_THROWS_AS(flip_uniformly{.fraction = 0.1}(labels, 2), argument_error);
}

TEST_CASE("class-dependent label noise follows its transition") {
    std::vector<int> labels;
    for (int i = 0; i < 9000; ++i) labels.push_back(i % 3);
    matrix<double> transition(3, 3);
    transition << 1, 0, 0, 0.1, 0.7, 0.2, 0, 1, 0;
    const auto noisy = flip_by_class{.transition = transition, .seed = 1}(labels);
    matrix<double> moved = matrix<double>::Zero(3, 3);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        CHECK(noisy.flipped[i] == (noisy.labels[i] != labels[i]));
        ++moved(labels[i], noisy.labels[i]);
    }
    CHECK((moved / 3000 - transition).cwiseAbs().maxCoeff() < 0.04);  // standard deviation below 0.009
    CHECK(moved(0, 0) == 3000);
    CHECK(moved(2, 1) == 3000);
    CHECK(next_class(2, 0.25) == (matrix<double>(2, 2) << 0.75, 0.25, 0.25, 0.75).finished());
    transition(1, 1) = 0.6;
    CHECK_THROWS_AS((flip_by_class{.transition = transition}(labels)), argument_error);
    CHECK_THROWS_AS((flip_by_class{.transition = matrix<double>(2, 3)}(labels)), argument_error);
    CHECK_THROWS_AS((flip_by_class{.transition = next_class(2, 0.1)}(labels)), argument_error);
}
