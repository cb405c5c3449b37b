#include <lpntk/dynamics/learning_difficulty.hpp>

#include <functional>
#include <set>

#include <lpntk/dynamics/neighbours.hpp>
#include <lpntk/dynamics/size_correlation.hpp>
#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

/// Three clouds, the further along x[3] the further away from their centre and the harder.
lpntk::dataset<double> clouds(index_t per_class, std::uint64_t seed) {
    lpntk::dataset<double> data{models::random_matrix(3 * per_class, 4, seed), {}, 3, {1, 1, 4}};
    for (index_t i = 0; i < data.size(); ++i) {
        data.labels.push_back(static_cast<int>(i % 3));
        data.inputs.row(i).head(3) *= 0.3 + std::abs(data.inputs(i, 3));
        data.inputs(i, i % 3) += 2;
    }
    return data;
}

}  // namespace

TEST_CASE("learning difficulty sums the losses that training meets") {
    const auto data = clouds(7, 1);
    const auto start = nn::mlp<double>({4, 5, 3}, 2);
    auto net = start;
    lpntk::learning_difficulty entropy(data.labels), norm(data.labels, lpntk::difficulty_measure::error_norm);
    vector<double> sum = vector<double>::Zero(21);
    nn::train(net, data, {.epochs = 3, .batch = 4, .after_step = [&](const auto& step) {
        entropy(step);
        norm(step);
        for (std::size_t i = 0; i < step.batch.size(); ++i) sum[step.batch[i]] += step.losses[static_cast<index_t>(i)];
    }});
    for (index_t i = 0; i < 21; ++i) CHECK(std::abs(entropy.values()[static_cast<std::size_t>(i)] - sum[i]) < 1e-12);
    CHECK(norm.values() != entropy.values());

    // One epoch in one batch: the difficulty is the loss of the untrained network.
    net = start;
    lpntk::learning_difficulty first(data.labels), evaluated(data.labels), distance(data.labels, lpntk::difficulty_measure::error_norm);
    nn::train(net, data, {.epochs = 1, .batch = 21, .after_step = std::ref(first)});
    evaluated.add_epoch<double>(start.logits(data.inputs));
    distance.add_epoch<double>(start.logits(data.inputs));
    for (std::size_t i = 0; i < 21; ++i) {
        const vector<double> z = start.logits(data.inputs).row(static_cast<index_t>(i)).transpose();
        CHECK(std::abs(first.values()[i] - lpntk::cross_entropy<double>(z, data.labels[i])) < 1e-12);
        CHECK(std::abs(evaluated.values()[i] - first.values()[i]) < 1e-12);
        CHECK(std::abs(distance.values()[i] - lpntk::error_norm<double>(z, data.labels[i])) < 1e-12);
    }
    CHECK_THROWS_AS(evaluated.add_epoch<double>(matrix<double>(3, 3)), lpntk::argument_error);
}

TEST_CASE("learning difficulty refuses labels without a logit and samples without a label") {
    const matrix<double> logits = matrix<double>::Zero(2, 3);
    for (const int bad : {-1, 3}) {
        lpntk::learning_difficulty difficulty({0, bad});
        const auto add = [&] { difficulty.add_epoch<double>(logits); };
        const std::string message = test::message_of<lpntk::argument_error>(add);
        INFO(message);
        CHECK(message.find("labels[1] is " + std::to_string(bad) + ", must be in [0, 3)") != std::string::npos);
        CHECK_THROWS_AS(lpntk::loss_of<double>(vector<double>::Zero(3), bad, lpntk::difficulty_measure::error_norm),
                        lpntk::argument_error);
    }
    auto net = nn::mlp<double>({4, 5, 3}, 2);
    lpntk::learning_difficulty short_of_labels(std::vector<int>(20, 0));
    CHECK_THROWS_AS(nn::train(net, clouds(7, 1), {.epochs = 1, .after_step = std::ref(short_of_labels)}),
                    lpntk::argument_error);
}

TEST_CASE("the recursive split is nested, disjoint and balanced") {
    const auto data = clouds(40, 1);
    const auto split = lpntk::split_recursively(data.labels, 3, 35, 9);
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
                if (l > 0) CHECK(std::binary_search(split.parts[l - 1][p / 4].begin(), split.parts[l - 1][p / 4].end(), i));
            }
            CHECK(by_class == std::vector<index_t>(3, split.per_class[l]));
        }
    }
    CHECK(lpntk::split_recursively(data.labels, 3, 35, 9).parts == split.parts);
    CHECK(lpntk::split_recursively(data.labels, 3, 35, 10).parts != split.parts);
    CHECK_THROWS_AS(lpntk::split_recursively(data.labels, 3, 41, 9), lpntk::argument_error);
}

TEST_CASE("difficulty in the universal set and in its parts is paired sample by sample") {
    const auto data = clouds(20, 3);
    const auto split = lpntk::split_recursively(data.labels, 3, 16, 1);
    // A difficulty that is known: the sample itself, and the size of the set that it was learnt in.
    const auto known = [](const lpntk::dataset<double>& part, std::uint64_t, int) {
        std::vector<double> values;
        for (index_t i = 0; i < part.size(); ++i) values.push_back(part.inputs(i, 3) * static_cast<double>(part.size()));
        return values;
    };
    const auto levels = lpntk::size_correlation{.threads = 3}(data, split, known);
    REQUIRE(levels.size() == 3);
    for (std::size_t l = 0; l < 3; ++l) {
        REQUIRE(levels[l].universal.size() == 48);
        for (std::size_t i = 0; i < 48; ++i)
            CHECK(std::abs(levels[l].part[i] * static_cast<double>(1 << (2 * l)) - levels[l].universal[i]) < 1e-12);
    }
    CHECK(lpntk::size_correlation{.parts_per_level = 2}(data, split, known)[2].part.size() == 6);
}

TEST_CASE("size correlation by training has the same bits for any number of threads") {
    const auto data = clouds(16, 3);
    const auto split = lpntk::split_recursively(data.labels, 3, 16, 1);
    const auto by_training = [&](const lpntk::dataset<double>& part, std::uint64_t seed, int threads) {
        auto net = nn::mlp<double>({4, 8, 3}, seed);
        lpntk::learning_difficulty difficulty(part.labels);
        nn::train(net, part, {.epochs = 5, .batch = 8, .seed = seed, .threads = threads, .after_step = std::ref(difficulty)});
        return difficulty.values();
    };
    const auto one = lpntk::size_correlation{.seed = 4, .threads = 1}(data, split, by_training);
    const auto two = lpntk::size_correlation{.seed = 4, .threads = 3}(data, split, by_training);
    for (std::size_t l = 0; l < one.size(); ++l) CHECK(one[l].part == two[l].part);
    CHECK(one.front().pearson().value > 0.5);  // the same set from another initialisation
    CHECK(one.front().pearson().value < 1);
}

TEST_CASE("neighbours come in order of similarity, without the target") {
    vector<double> similarity(10);
    similarity << 5, 9, 1, 8, 3, 3, 7, 2, 4, 6;
    const auto groups = lpntk::neighbours_by_similarity<double>(similarity, 1, 2);
    CHECK(groups.interchangeable == std::vector<index_t>{3, 6});
    CHECK(groups.medium == std::vector<index_t>{0, 8});  // of 3 6 9 0 8 4 5 7 2, from (9 - 2) / 2 = 3
    CHECK(groups.non_interchangeable == std::vector<index_t>{7, 2});
    CHECK_THROWS_AS(lpntk::neighbours_by_similarity<double>(similarity, 1, 4), lpntk::argument_error);
    CHECK_THROWS_AS(lpntk::neighbours_by_similarity<double>(similarity, 10, 1), lpntk::argument_error);
}
