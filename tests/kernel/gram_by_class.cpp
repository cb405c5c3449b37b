#include <lpntk/kernel/gram_by_class.hpp>

#include <lpntk/cluster/by_class.hpp>
#include <lpntk/cluster/farthest_points.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/grams.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;
using lpntk::label_signs;
using test::features_of, test::same_bits, test::unformed;

TEST_CASE("by class: each block is a block of the whole, empty classes have empty blocks") {
    auto data = test::random_samples<float>(40, 3);
    data.classes = 4;  // nobody is in class 3
    const test::three_kinds<float> model(4);
    const lpntk::feature_options as_they_come{.forms = unformed};
    const auto phi = lpntk::tangent_features(model, data, label_signs{}, as_they_come);
    const auto kappa = lpntk::gram(phi);
    const auto blocks = lpntk::gram_by_class(phi, data);
    const auto straight = lpntk::gram_by_class(model, data, label_signs{}, as_they_come);
    REQUIRE(blocks.indices == lpntk::indices_by_class(data.labels, 4));
    REQUIRE(straight.indices == blocks.indices);
    REQUIRE(blocks.results.size() == 4);
    REQUIRE(blocks.results[3].size() == 0);
    REQUIRE(straight.results[3].size() == 0);
    for (std::size_t c = 0; c < 3; ++c) {
        const auto& block = blocks.results[c];
        const auto& members = blocks.indices[c];
        REQUIRE(block.size() == static_cast<index_t>(members.size()));
        REQUIRE(same_bits(block, straight.results[c]));
        for (index_t i = 0; i < block.size(); ++i)
            for (index_t j = 0; j <= i; ++j)
                REQUIRE(block(i, j) ==
                        kappa(members[static_cast<std::size_t>(i)], members[static_cast<std::size_t>(j)]));
    }
    REQUIRE_THROWS_AS(lpntk::gram_by_class(phi, std::vector<int>(39, 0)), lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::gram_by_class(phi, {data.labels, 2}), lpntk::argument_error);
}

TEST_CASE("by class: one report of all samples, and errors that name the class") {
    auto data = test::random_samples<float>(40, 3);
    const test::three_kinds<float> model(3);
    std::vector<index_t> features_told, gram_told;
    const auto tell = [](std::vector<index_t>& told) {
        return [&told](index_t done, index_t total) {
            told.push_back(done);
            REQUIRE(total == 40);
        };
    };
    (void)lpntk::gram_by_class(model, data, label_signs{}, {.report = tell(features_told)},
                               {.report = tell(gram_told)});
    for (const auto& told : {features_told, gram_told}) {
        REQUIRE(std::is_sorted(told.begin(), told.end()));
        REQUIRE(std::find(told.begin(), told.end(), 14) != told.end());  // the first class alone
        REQUIRE(told.back() == 40);
    }
    gram_told.clear();
    const auto phi = lpntk::tangent_features(model, data, label_signs{});
    (void)lpntk::gram_by_class(phi, data, {.report = tell(gram_told)});
    REQUIRE(std::is_sorted(gram_told.begin(), gram_told.end()));
    REQUIRE(gram_told.back() == 40);

    const auto nan = [](int label, lpntk::vector_span<float> u) { u.setConstant(label == 2 ? std::nanf("") : 1.0F); };
    const auto message = test::message_of<lpntk::numeric_error>([&] { (void)lpntk::gram_by_class(model, data, nan); });
    REQUIRE(message.find("gram_by_class: class 2") != std::string::npos);
    REQUIRE(message.find("of sample 0: NaN") != std::string::npos);
}

TEST_CASE("by class: the blocks go into by_class as they are, and cluster as the features do") {
    const auto data = test::random_samples<float>(40, 3);
    const auto phi = features_of<float>(40, 3);
    const lpntk::farthest_points a_third{.share = 1.0 / 3};
    const auto from_blocks = lpntk::by_class(lpntk::gram_by_class(phi, data), a_third);
    const auto from_features = lpntk::by_class(phi, data, a_third);
    REQUIRE(from_blocks.indices == from_features.indices);
    REQUIRE(from_blocks.results == from_features.results);
    REQUIRE(from_blocks.results[0].size() == 5);  // a third of 14, rounded up
}

TEST_CASE("one class is one block: the whole Gram") {
    const auto phi = features_of<float>(25);
    const auto blocks = lpntk::gram_by_class(phi, std::vector<int>(25, 0));
    REQUIRE(blocks.results.size() == 1);
    REQUIRE(same_bits(blocks.results[0], lpntk::gram(phi)));
}
