#include <lpntk/core/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "support/catch.hpp"

using lpntk::index_t;
using lpntk::random_stream;

namespace {

std::vector<std::uint64_t> draws(random_stream stream, int count = 20) {
    std::vector<std::uint64_t> bits;
    for (int i = 0; i < count; ++i) bits.push_back(stream.bits());
    return bits;
}

struct moments {
    double mean = 0, variance = 0, kurtosis = 0;
};

template <class Draw>
moments moments_of(int count, Draw draw) {
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double& value : values) value = draw();
    moments m;
    for (const double v : values) m.mean += v / count;
    for (const double v : values) m.variance += (v - m.mean) * (v - m.mean) / count;
    for (const double v : values) m.kurtosis += std::pow(v - m.mean, 4) / (count * m.variance * m.variance);
    return m;
}

}  // namespace

TEST_CASE("a stream is named by its seed and item") {
    REQUIRE(draws(random_stream(7, 3)) == draws(random_stream(7, 3)));
    REQUIRE(draws(random_stream(7)) == draws(random_stream(7, 0)));

    const std::uint64_t large = std::uint64_t{1} << 32U;  // the upper halves of both count, too
    const std::vector<std::uint64_t> names{0, 1, 2, large, large + 1};
    std::set<std::vector<std::uint64_t>> streams;
    for (const std::uint64_t seed : names)
        for (const std::uint64_t item : names) streams.insert(draws(random_stream(seed, item)));
    REQUIRE(streams.size() == 25);
}

TEST_CASE("the numbers are the same on every platform") {
    random_stream stream(1, 2);
    const std::array<std::uint64_t, 3> bits{stream.bits(), stream.bits(), stream.bits()};
    std::seed_seq key{1U, 0U, 2U, 0U};
    std::mt19937_64 engine(key);
    for (const std::uint64_t b : bits) REQUIRE(b == engine());
}

TEST_CASE("uniform fills [0, 1) evenly") {
    random_stream stream(11);
    double lowest = 1, highest = 0;
    const moments m = moments_of(100000, [&] {
        const double u = stream.uniform();
        lowest = std::min(lowest, u);
        highest = std::max(highest, u);
        return u;
    });
    REQUIRE(lowest >= 0);
    REQUIRE(highest < 1);
    REQUIRE(std::abs(m.mean - 0.5) < 0.005);  // 5 standard errors
    REQUIRE(std::abs(m.variance - 1.0 / 12) < 0.0015);
}

TEST_CASE("uniform(low, high) keeps to its interval") {
    random_stream stream(12);
    for (int i = 0; i < 1000; ++i) {
        const double u = stream.uniform(-3, -1);
        REQUIRE(u >= -3);
        REQUIRE(u < -1);
    }
}

TEST_CASE("normal has mean 0, variance 1 and kurtosis 3") {
    random_stream stream(13);
    const moments m = moments_of(100000, [&] { return stream.normal(); });
    REQUIRE(std::abs(m.mean) < 0.016);
    REQUIRE(std::abs(m.variance - 1) < 0.023);
    REQUIRE(std::abs(m.kurtosis - 3) < 0.08);
}

TEST_CASE("below draws every number equally often") {
    random_stream stream(14);
    std::array<int, 7> counts{};
    for (int i = 0; i < 70000; ++i) ++counts[static_cast<std::size_t>(stream.below(7))];
    for (const int count : counts) REQUIRE(std::abs(count - 10000) < 470);  // 5 standard deviations
    REQUIRE(stream.below(1) == 0);
    REQUIRE_THROWS_AS(stream.below(0), lpntk::argument_error);
}

TEST_CASE("below has no bias for counts near the range of the engine") {
    // Plain `bits % count` with count = 3/4 of 2^63 would give the lowest third of numbers too often.
    const index_t count = index_t{3} << 61U;
    random_stream stream(15);
    int low = 0;
    for (int i = 0; i < 30000; ++i) low += stream.below(count) < count / 3 ? 1 : 0;
    REQUIRE(std::abs(low - 10000) < 410);
}

TEST_CASE("shuffle makes every order, equally often") {
    random_stream stream(16);
    std::map<std::vector<int>, int> orders;
    for (int i = 0; i < 24000; ++i) {
        std::vector<int> values{1, 2, 3, 4};
        stream.shuffle(values);
        ++orders[values];
    }
    REQUIRE(orders.size() == 24);
    for (const auto& [order, count] : orders) REQUIRE(std::abs(count - 1000) < 155);
}

TEST_CASE("shuffle keeps the values, and takes none and one") {
    random_stream stream(17);
    std::vector<int> values(1000);
    std::iota(values.begin(), values.end(), 0);
    std::vector<int> shuffled = values;
    stream.shuffle(shuffled);
    REQUIRE(shuffled != values);
    std::sort(shuffled.begin(), shuffled.end());
    REQUIRE(shuffled == values);

    std::vector<int> none, one{5};
    stream.shuffle(none);
    stream.shuffle(one);
    REQUIRE(none.empty());
    REQUIRE(one == std::vector<int>{5});
}

TEST_CASE("a random choice: as many as asked for, all equally often") {
    std::vector<int> often(5, 0);
    for (std::uint64_t seed = 0; seed < 5000; ++seed) {
        random_stream random(seed);
        const auto chosen = lpntk::random_choice(std::vector<index_t>{0, 1, 2, 3, 4}, 2, random);
        REQUIRE(chosen.size() == 2);
        REQUIRE(chosen[0] != chosen[1]);
        for (const index_t i : chosen) ++often[static_cast<std::size_t>(i)];
    }
    for (const int count : often) CHECK(std::abs(count - 2000) < 200);  // standard deviation 35

    random_stream random(1);
    const std::vector<std::string> names{"a", "b"};
    CHECK(lpntk::random_choice(names, 0, random).empty());
    CHECK(lpntk::random_choice(names, 2, random).size() == 2);
    CHECK_THROWS_WITH(lpntk::random_choice(names, 3, random), "random_choice: count is 3, must be in [0, 2]");
    CHECK_THROWS_AS(lpntk::random_choice(names, -1, random), lpntk::argument_error);
}
