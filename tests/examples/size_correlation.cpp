#include "experiments/size_correlation.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <lpntk/dynamics/learning_difficulty.hpp>
#include <lpntk/nn/train.hpp>
#include <lpntk/nn/zoo.hpp>

#include "support/catch.hpp"
#include "support/clouds.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t;

TEST_CASE("the recursive split is nested, disjoint and balanced") {
    const auto data = test::clouds(40, 1);
    const auto split = experiments::split_recursively(data.labels, 3, 35, 9);
    REQUIRE(split.per_class == std::vector<index_t>{35, 8, 2});
    for (std::size_t l = 0; l < split.levels(); ++l) {
        REQUIRE(split.parts[l].size() == std::size_t{1} << (2 * l));
        std::set<index_t> seen;
        for (std::size_t p = 0; p < split.parts[l].size(); ++p) {
            const auto& part = split.parts[l][p];
            std::vector<index_t> by_class(3);
            for (const index_t i : part) {
                CHECK(seen.insert(i).second);
                ++by_class[static_cast<std::size_t>(data.labels[static_cast<std::size_t>(i)])];
                if (l > 0)
                    CHECK(std::binary_search(split.parts[l - 1][p / 4].begin(), split.parts[l - 1][p / 4].end(), i));
            }
            CHECK(by_class == std::vector<index_t>(3, split.per_class[l]));
        }
    }
    CHECK(experiments::split_recursively(data.labels, 3, 35, 9).parts == split.parts);
    CHECK(experiments::split_recursively(data.labels, 3, 35, 10).parts != split.parts);
    CHECK_THROWS_AS(experiments::split_recursively(data.labels, 3, 41, 9), lpntk::argument_error);
}

TEST_CASE("difficulty in the universal set and in its parts is paired sample by sample") {
    const auto data = test::clouds(20, 3);
    const auto split = experiments::split_recursively(data.labels, 3, 16, 1);
    // A difficulty that is known: the sample itself, and the size of the set that it was learnt in.
    const auto known = [](const lpntk::dataset<double>& part, std::uint64_t, int) {
        std::vector<double> values;
        for (index_t i = 0; i < part.size(); ++i)
            values.push_back(part.inputs(i, 3) * static_cast<double>(part.size()));
        return values;
    };
    const auto levels = experiments::size_correlation{.threads = 3}(data, split, known);
    REQUIRE(levels.size() == 3);
    for (std::size_t l = 0; l < 3; ++l) {
        REQUIRE(levels[l].universal.size() == 48);
        for (std::size_t i = 0; i < 48; ++i)
            CHECK(std::abs(levels[l].part[i] * static_cast<double>(1 << (2 * l)) - levels[l].universal[i]) < 1e-12);
    }
    CHECK(experiments::size_correlation{.parts_per_level = 2}(data, split, known)[2].part.size() == 6);
}

TEST_CASE("size correlation by training has the same bits for any number of threads") {
    const auto data = test::clouds(16, 3);
    const auto split = experiments::split_recursively(data.labels, 3, 16, 1);
    const auto by_training = [&](const lpntk::dataset<double>& part, std::uint64_t seed, int threads) {
        auto net = nn::mlp<double>({4, 8, 3}, seed);
        lpntk::learning_difficulty difficulty(part.labels);
        nn::train(net, part,
                  {.epochs = 5, .batch = 8, .seed = seed, .threads = threads, .after_step = std::ref(difficulty)});
        return difficulty.values();
    };
    const auto one = experiments::size_correlation{.seed = 4, .threads = 1}(data, split, by_training);
    const auto two = experiments::size_correlation{.seed = 4, .threads = 3}(data, split, by_training);
    for (std::size_t l = 0; l < one.size(); ++l) CHECK(one[l].part == two[l].part);
    CHECK(one.front().pearson().value > 0.5);  // the same set from another initialisation
    CHECK(one.front().pearson().value < 1);
}
