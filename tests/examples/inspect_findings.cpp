#include <inspect/classes.hpp>
#include <inspect/labels.hpp>
#include <inspect/memory.hpp>
#include <inspect/pairs.hpp>
#include <inspect/report.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>
#include <tuple>

#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/core/label_noise.hpp>
#include <lpntk/io/npy.hpp>
#include <lpntk/nn/train.hpp>
#include <support/digits.hpp>
#include <support/networks.hpp>
#include <support/training.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20U;

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

/// Digits of which some labels are wrong; image 1 is image 0, and image 3 is image 2 with another label; a network that
/// has learned them.
struct learned_digits {
    inspect::collection of;
    lpntk::noisy_labels noisy;
    examples::network_kind kind{"mlp", "MLP", {28, 28, 1}, 10, 0.02F, {}};
    examples::any_network net = kind(1);

    explicit learned_digits(index_t count) {
        of.images.train = examples::make_digits({.count = count, .seed = 3});
        auto& data = of.images.train;
        data.inputs.row(1) = data.inputs.row(0);
        data.labels[1] = data.labels[0];
        data.inputs.row(3) = data.inputs.row(2);
        data.labels[3] = (data.labels[2] + 1) % 10;
        noisy = lpntk::flip_uniformly{.fraction = 0.08, .seed = 3}(data.labels, 10);
        for (const std::size_t i : {0U, 1U, 2U, 3U}) noisy.labels[i] = data.labels[i], noisy.flipped[i] = false;
        data.labels = noisy.labels;
        of.origin.resize(at(count));
        std::iota(of.origin.begin(), of.origin.end(), index_t{100});
        for (int c = 0; c < 10; ++c) of.classes.push_back("digit " + std::to_string(c));
        lpntk::nn::train(net, data, examples::standard_training(kind, 5, 1, 2));
    }
};

}  // namespace

TEST_CASE("what is kept, redundant, a copy or suspect is every sample once; flipped labels and copies are found") {
    learned_digits digits(400);
    const auto& data = digits.of.data();
    const auto plan = inspect::share_memory(digits.net, data, 256 * mib, 1, 2);
    REQUIRE(plan.whole());
    auto [labels, kernel] = inspect::foretell_labels(digits.net, data, plan, 0.9, 2);
    inspect::all_findings found{std::move(labels), {}, {}};
    found.classes = inspect::inspect_classes(digits.net, data, found.labels.issues.wrong,
                                             {.epsilon = 1e-4, .memory = plan.beside_part(), .seed = 1, .threads = 2});

    index_t right = 0;
    for (const index_t i : found.labels.suspects) right += digits.noisy.flipped[at(i)];
    CHECK(10 * right >= 8 * digits.noisy.count());
    CHECK(10 * right >= 7 * static_cast<index_t>(found.labels.suspects.size()));
    const auto& score = found.labels.issues.score;
    REQUIRE(std::is_sorted(found.labels.suspects.begin(), found.labels.suspects.end(),
                           [&](auto a, auto b) { return score[at(a)] > score[at(b)]; }));
    REQUIRE(found.labels.conflicts.front().a == 2);
    REQUIRE(found.labels.conflicts.front().b == 3);
    REQUIRE(found.labels.conflicts.front().cosine > 0.9999);
    for (const auto& pair : found.labels.conflicts) REQUIRE(data.labels[at(pair.a)] != data.labels[at(pair.b)]);
    for (const auto& pair : found.contradictory()) REQUIRE(data.labels[at(pair.a)] == data.labels[at(pair.b)]);

    const auto sets = found.duplicates();
    REQUIRE(std::any_of(sets.begin(), sets.end(), [](const inspect::copies& set) {
        return set.members == std::vector<index_t>{0, 1} && set.keep == 0;
    }));
    std::vector<index_t> every = found.kept();
    REQUIRE(std::is_sorted(every.begin(), every.end()));
    std::vector<index_t> redundant;
    for (const auto& [sample, stand_in, cosine] : found.redundant()) {
        redundant.push_back(sample);
        REQUIRE(std::binary_search(every.begin(), every.end(), stand_in));
        REQUIRE(data.labels[at(sample)] == data.labels[at(stand_in)]);
        REQUIRE(std::abs(cosine) <= 1.0001);
    }
    const auto cost = inspect::price_of(kernel, data, plan.parts[0], every, redundant, found.labels, 1, 2);
    REQUIRE(cost.samples == static_cast<index_t>(every.size() + redundant.size()));
    for (const double share : {cost.by_all, cost.by_kept, cost.by_random}) REQUIRE((share > 0.5 && share <= 1));
    every.insert(every.end(), redundant.begin(), redundant.end());
    every.insert(every.end(), found.labels.suspects.begin(), found.labels.suspects.end());
    for (const auto& set : sets)
        for (const index_t i : set.members)
            if (i != set.keep) every.push_back(i);
    std::sort(every.begin(), every.end());
    std::vector<index_t> expected(at(data.size()));
    std::iota(expected.begin(), expected.end(), index_t{0});
    REQUIRE(every == expected);

    const test::temporary_folder folder;
    examples::results results(folder.path(), false);
    inspect::write_tables(results, digits.of, found);
    auto kept = found.kept();
    for (index_t& i : kept) i += 100;
    REQUIRE(lpntk::io::read_npy_indices(folder / "kept.npy") == kept);
    const auto bytes = test::read_bytes(folder / "duplicates.csv");
    REQUIRE(test::says({bytes.begin(), bytes.end()}, "set,index,keep\n0,"));
    REQUIRE(test::says({bytes.begin(), bytes.end()}, ",100,1\n"));
    REQUIRE(test::says({bytes.begin(), bytes.end()}, ",101,0\n"));
    const auto suspects = test::read_bytes(folder / "suspects.csv");
    REQUIRE(std::count(suspects.begin(), suspects.end(), '\n') ==
            static_cast<std::ptrdiff_t>(found.labels.suspects.size() + 1));
}

TEST_CASE("the findings are the same for any number of threads") {
    learned_digits digits(150);
    const auto look = [&](int threads) {
        const auto plan = inspect::share_memory(digits.net, digits.of.data(), 256 * mib, 1, threads);
        auto [labels, kernel] = inspect::foretell_labels(digits.net, digits.of.data(), plan, 0.5, threads);
        inspect::all_findings found{std::move(labels), {}, {}};
        found.classes = inspect::inspect_classes(digits.net, digits.of.data(), found.labels.issues.wrong,
                                                 {.memory = plan.beside_part(), .threads = threads});
        return inspect::report_page(digits.of, found, {}, 50);
    };
    REQUIRE(look(1) == look(3));
}

TEST_CASE("pairs are those of a search over all, each once") {
    lpntk::matrix<double> features = lpntk::matrix<double>::Random(20, 4);
    features.row(7) = features.row(3);
    const lpntk::matrix<double> kappa = features * features.transpose();
    const auto odd = [](index_t i, index_t j, double cosine) { return (i + j) % 2 == 1 ? cosine - 0.2 : 0.0; };
    const auto even = [](index_t i, index_t j, double cosine) { return (i + j) % 2 == 0 ? cosine - 0.2 : 0.0; };
    for (const auto& interest : {std::function<double(index_t, index_t, double)>(odd), {even}}) {
        std::set<std::tuple<index_t, index_t>> expected, found;
        for (index_t i = 0; i < 20; ++i) {
            double best = 0;
            index_t partner = -1;
            for (index_t j = 0; j < 20; ++j) {
                const double value = interest(i, j, kappa(i, j) / std::sqrt(kappa(i, i) * kappa(j, j)));
                if (j != i && value > best) best = value, partner = j;
            }
            if (partner >= 0) expected.insert({std::min(i, partner), std::max(i, partner)});
        }
        const auto pairs = inspect::most_interesting_pairs(lpntk::matrix_similarity<double>(kappa), interest, 2);
        for (const auto& pair : pairs) found.insert({pair.a, pair.b});
        REQUIRE(found == expected);
        REQUIRE(pairs.size() == found.size());
    }
}
