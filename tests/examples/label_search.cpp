#include "experiments/label_search.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"

using lpntk::index_t, lpntk::matrix;

namespace {

/// What it was trained on: the first number of each sample.
struct memory {
    std::vector<float> seen;
};

}  // namespace

TEST_CASE("wrong labels are to any other class, or to the next") {
    std::vector<int> truth;
    for (int i = 0; i < 300; ++i) truth.push_back(i % 3);
    const auto uniform = experiments::wrong_labels("uniform", 0.2, 1, truth, 3);
    CHECK(uniform.count() == 60);
    const auto next = experiments::wrong_labels("next-class", 0.2, 1, truth, 3);
    CHECK(next.count() > 30);
    for (std::size_t i = 0; i < truth.size(); ++i)
        if (next.flipped[i]) CHECK(next.labels[i] == (truth[i] + 1) % 3);
}

TEST_CASE("cross-validation asks for every sample once, a model that has not seen it") {
    lpntk::dataset<float> data{matrix<float>(11, 1), std::vector<int>(11, 0), 2, {1, 1, 1}};
    for (index_t i = 0; i < 11; ++i) data.inputs(i, 0) = static_cast<float>(i);
    const auto train_on = [](const lpntk::dataset<float>& part, int) {
        return memory{{part.inputs.data(), part.inputs.data() + part.size()}};
    };
    const auto probabilities =
        experiments::cross_validated(data, 3, train_on, [](const memory& model, const matrix<float>& inputs) {
            matrix<float> logits = matrix<float>::Zero(inputs.rows(), 2);
            for (index_t i = 0; i < inputs.rows(); ++i) {
                CHECK(std::find(model.seen.begin(), model.seen.end(), inputs(i, 0)) == model.seen.end());
                CHECK(model.seen.size() + static_cast<std::size_t>(inputs.rows()) == 11);
                logits(i, 0) = inputs(i, 0);
            }
            return logits;
        });
    for (index_t i = 0; i < 11; ++i) CHECK(std::abs(probabilities(i, 0) - 1 / (1 + std::exp(-double(i)))) < 1e-9);
}

TEST_CASE("a comparison has the means over sets, the best method first") {
    const std::vector<bool> flipped{true, false, false, true};
    experiments::comparison compared;
    experiments::findings found;
    found.scores = {{"bad", {0, 1, 1, 0}}, {"good", {2, 0, 1, 3}}};
    found.decisions = {{"all", {true, true, true, true}}};
    compared.add(found, flipped);
    found.scores = {{"bad", {1, 0, 0, 1}}, {"good", {2, 0, 1, 3}}};
    found.decisions = {{"all", {true, false, false, true}}};
    compared.add(found, flipped);
    CHECK(compared.order() == std::vector<std::size_t>{1, 0});
    const auto methods = compared.methods();
    REQUIRE(methods.rows.size() == 2);
    CHECK(methods.rows[0][0] == "good");
    CHECK(methods.rows[0][1] == "1.0000 ± 0.0000");
    CHECK(methods.rows[1][1] == "0.5000 ± 0.7071");
    CHECK(compared.methods_summary()["bad"]["auroc"] == 0.5);
    CHECK(compared.decisions().rows[0] ==
          std::vector<std::string>{"all", "0.7500 ± 0.3536", "1.0000 ± 0.0000", "0.8333 ± 0.2357"});
}
