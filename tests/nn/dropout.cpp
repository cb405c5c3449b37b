#include <lpntk/nn/layers/dropout.hpp>

#include "support/catch.hpp"
#include "support/run_layer.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::random_stream;

namespace {

constexpr index_t size = 100'000;

test::layer_results<double> run(double rate, random_stream* random) {
    return test::run_layer<double>(nn::dropout(rate), {1, 1, size}, {}, matrix<double>::Ones(1, size),
                                   matrix<double>::Ones(1, size), random);
}

}  // namespace

TEST_CASE("dropout is the identity but for training") {
    const auto found = run(0.5, nullptr);
    CHECK(found.y == matrix<double>::Ones(1, size));
    CHECK(found.dx == found.y);
}

TEST_CASE("dropout drops at its rate and keeps the mean") {
    for (const double rate : {0.0, 0.1, 0.25, 0.5, 0.9, 0.999}) {
        random_stream random(1);
        const auto found = run(rate, &random);
        const double dropped = static_cast<double>((found.y.array() == 0).count()) / static_cast<double>(size);
        const double deviation = std::sqrt(rate * (1 - rate) / static_cast<double>(size));
        INFO(rate << ": " << dropped);
        CHECK(std::abs(dropped - rate) <= 1.0 / 256 + 5 * deviation);
        const double gain = found.y.maxCoeff();
        CHECK(((found.y.array() == 0) || (found.y.array() == gain)).all());
        CHECK(std::abs(found.y.mean() - 1) <= 5 * gain * std::sqrt(0.25 / static_cast<double>(size)));
        CHECK(found.dx == found.y);  // the gradient goes where the signal went
        if (rate == 0) CHECK(found.y == matrix<double>::Ones(1, size));
        if (rate == 0.25) CHECK(gain == 1 / 0.75);
    }
}

TEST_CASE("a seed names what is dropped") {
    random_stream one(1), same(1), other(2);
    const auto first = run(0.5, &one);
    CHECK(run(0.5, &same).y == first.y);
    CHECK(run(0.5, &other).y != first.y);
    CHECK(run(0.5, &one).y != first.y);  // the stream goes on
}

TEST_CASE("neighbours are dropped independently") {
    random_stream random(3);
    const auto y = run(0.5, &random).y;
    for (const index_t lag : {1, 2, 7, 8, 9, 64}) {
        const double both = static_cast<double>(
            ((y.leftCols(size - lag).array() == 0) && (y.rightCols(size - lag).array() == 0)).count());
        CHECK(std::abs(both / static_cast<double>(size - lag) - 0.25) < 0.008);
    }
}
