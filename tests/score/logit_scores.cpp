#include <algorithm>
#include <cmath>
#include <limits>

#include <lpntk/nn/zoo.hpp>
#include <lpntk/score/from_logits.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace nn = lpntk::nn;
namespace score = lpntk::score;
using lpntk::index_t, lpntk::matrix, lpntk::vector, score::scores;
using label_list = std::vector<int>;

namespace {

/// A rule with a label and no more.
struct own_probability {
    static constexpr const char* name = "test::own_probability";
    double operator()(const score::prediction& q, int label) const { return q[label]; }
};
static_assert(score::labelled_rule<own_probability> && !score::unlabelled_rule<own_probability>);
struct nameless {
    double operator()(const score::prediction& q) const { return q[0]; }
};
static_assert(!score::unlabelled_rule<nameless>);

/// Without labels a score that needs them cannot be called.
template <class Score>
concept needs_no_labels = requires(const Score& of, const matrix<double>& logits) { of(logits); };
static_assert(!needs_no_labels<score::el2n> && needs_no_labels<score::least_confidence> &&
              needs_no_labels<score::margin> && needs_no_labels<score::entropy>);

label_list labels_of(index_t samples, index_t classes) {
    label_list made;
    for (index_t i = 0; i < samples; ++i) made.push_back(static_cast<int>(i * i % classes));
    return made;
}

bool near(const scores& found, const scores& expected, double tolerance = 1e-14) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!(std::abs(found[i] - expected[i]) <= tolerance)) return false;
    return true;
}

/// of(q, label) for each row, q from the definition.
template <class Definition>
scores by_definition(const matrix<double>& logits, const label_list& given, const Definition& of) {
    scores all;
    for (index_t i = 0; i < logits.rows(); ++i) {
        std::vector<double> q;
        double sum = 0;
        for (index_t k = 0; k < logits.cols(); ++k) sum += std::exp(logits(i, k));
        for (index_t k = 0; k < logits.cols(); ++k) q.push_back(std::exp(logits(i, k)) / sum);
        all.push_back(of(q, given[static_cast<std::size_t>(i)]));
    }
    return all;
}

}  // namespace

TEST_CASE("scores of logits are those of their definitions") {
    for (const index_t classes : {1, 2, 3, 10}) {
        const matrix<double> logits = 2 * models::random_matrix(40, classes, 5);
        const label_list given = labels_of(40, classes);
        CHECK(near(score::el2n{}(logits, given), by_definition(logits, given, [](const auto& q, int label) {
                       double sum = 0;
                       for (int k = 0; k < static_cast<int>(q.size()); ++k)
                           sum += std::pow(q[static_cast<std::size_t>(k)] - (k == label ? 1 : 0), 2);
                       return std::sqrt(sum);
                   })));
        CHECK(near(score::least_confidence{}(logits), by_definition(logits, given, [](const auto& q, int) {
                       return 1 - *std::max_element(q.begin(), q.end());
                   })));
        CHECK(near(score::margin{}(logits), by_definition(logits, given, [](auto q, int) {
                       std::sort(q.rbegin(), q.rend());
                       return 1 - (q[0] - (q.size() > 1 ? q[1] : 0));
                   })));
        CHECK(near(score::entropy{}(logits), by_definition(logits, given, [](const auto& q, int) {
                       double sum = 0;
                       for (const double p : q) sum -= p * std::log(p);
                       return sum;
                   })));
        CHECK(score::entropy{}(logits, given) == score::entropy{}(logits));
    }
}

TEST_CASE("scores of logits by hand: ties, sure predictions, extreme logits") {
    matrix<double> logits(5, 3);
    logits << 0, 0, 0,     // all equal
        1e4, 1e4, -1e4,    // two equal, the third impossible
        1e4, 0, 0,         // sure
        -1e4, -1e4, -2e4,  // two equal, far below 0
        40, 0, -1000;      // nearly sure: 1 - q_0 = exp(-40)
    const double tiny = std::exp(-40.0), third = 1.0 / 3;
    CHECK(near(score::least_confidence{}(logits), {2 * third, 0.5, 0, 0.5, tiny}));
    CHECK(near(score::margin{}(logits), {1, 1, 0, 1, 2 * tiny}));
    CHECK(near(score::entropy{}(logits), {std::log(3), std::log(2), 0, std::log(2), 41 * tiny}));
    CHECK(near(score::el2n{}(logits, label_list{0, 0, 0, 2, 0}),
               {std::sqrt(6.0) / 3, std::sqrt(0.5), 0, std::sqrt(1.5), std::sqrt(2.0) * tiny}));
    CHECK(near(score::el2n{}(logits, label_list{0, 2, 1, 1, 1}),
               {std::sqrt(6.0) / 3, std::sqrt(1.5), std::sqrt(2.0), std::sqrt(0.5), std::sqrt(2.0)}));
    // The digits of a nearly sure prediction are not lost to the 1 beside them.
    CHECK(std::abs(score::least_confidence{}(logits)[4] / tiny - 1) < 1e-12);
    CHECK(std::abs(score::margin{}(logits)[4] / tiny - 2) < 1e-12);
    CHECK(std::abs(score::entropy{}(logits)[4] / tiny - 41) < 1e-10);
    CHECK(std::abs(score::el2n{}(logits, label_list{0, 2, 1, 1, 0})[4] / tiny - std::sqrt(2.0)) < 1e-12);

    const double huge = std::numeric_limits<double>::max();
    const matrix<double> largest = (matrix<double>(1, 2) << huge, -huge).finished();
    for (const auto& [name, values] : score::from_logits(largest, label_list{0})) {
        INFO(name);
        CHECK(near(values, {0}, 1e-300));
    }
}

TEST_CASE("one class is certain, and scores do not move with a constant added to the logits") {
    const matrix<double> one = models::random_matrix(4, 1, 3);
    for (const auto& [name, values] : score::from_logits(one, label_list{0, 0, 0, 0})) CHECK(values == scores(4, 0.0));
    const matrix<double> logits = models::random_matrix(9, 4, 1);
    const auto here = score::from_logits(logits, labels_of(9, 4));
    const auto there = score::from_logits((logits.array() + 1e4).matrix(), labels_of(9, 4));
    REQUIRE(here.size() == 4);
    for (std::size_t s = 0; s < here.size(); ++s) CHECK(near(here[s].values, there[s].values, 1e-11));
}

TEST_CASE("scores of logits refuse wrong labels, wrong lengths and what is not finite") {
    matrix<double> logits = matrix<double>::Zero(2, 3);
    CHECK_THROWS_WITH(score::el2n{}(logits, label_list{0}),
                      "score::el2n: number of labels is 1, must be the number of rows of logits, 2");
    CHECK_THROWS_WITH(score::el2n{}(logits, label_list{0, 3}), "score::el2n: labels[1] is 3, must be in [0, 3)");
    CHECK_THROWS_WITH(score::margin{}(logits, label_list{-1, 0}), "score::margin: labels[0] is -1, must be in [0, 3)");
    CHECK_THROWS_WITH(score::entropy{}(logits, label_list{0, 0, 0}),
                      "score::entropy: number of labels is 3, must be the number of rows of logits, 2");
    CHECK_THROWS_WITH(score::entropy{}(matrix<double>(2, 0)),
                      "score::entropy: number of logits of a sample is 0, must be >= 1");
    logits(1, 2) = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH(score::least_confidence{}(logits),
                      "score::least_confidence: logits of sample 1 holds NaN or infinity");
    CHECK(score::least_confidence{}(matrix<double>(0, 3)).empty());
}

TEST_CASE("scores of a model are those of its logits, however it gives them") {
    lpntk::dataset<double> data{models::random_matrix(37, 4, 3), labels_of(37, 5), 5, {1, 1, 4}};
    const auto agrees = [&](const auto& model, const matrix<double>& logits) {
        const auto expected = score::from_logits(logits, data.labels);
        CHECK(near(score::el2n{.threads = 3}(model, data), expected[0].values));
        CHECK(near(score::least_confidence{}(model, data), expected[1].values));
        CHECK(near(score::margin{}(model, data), expected[2].values));
        CHECK(near(score::entropy{}(model, data), expected[3].values));
        CHECK(score::el2n{.threads = 1}(model, data) == score::el2n{.threads = 3}(model, data));
    };
    const models::all_levels model(4, 3, 5, 1);  // its parts() give the same logits
    matrix<double> logits(37, 5);
    for (index_t i = 0; i < 37; ++i) {
        vector<double> z(5);
        model.logits(data.inputs.row(i).transpose(), z);
        logits.row(i) = z.transpose();
    }
    agrees(model, logits);  // sample by sample
    agrees(models::only_pullback(4, 3, 5, 1), logits);
    agrees(models::only_parts(4, 3, 5, 1), logits);  // as the first step of parts()
    const auto net = nn::mlp<double>({4, 6, 5}, 1);
    agrees(net, net.logits(data.inputs));  // all at once

    const auto small = nn::mlp<float>({4, 6, 5}, 1);  // float logits, scores in double
    const lpntk::dataset<float> as_float{data.inputs.cast<float>(), {}, 5, {1, 1, 4}};
    CHECK(near(score::entropy{}(small, as_float), score::entropy{}(small.logits(as_float.inputs).cast<double>())));
    CHECK_THROWS_AS(score::el2n{}(small, as_float), lpntk::argument_error);  // without labels
}

TEST_CASE("a rule of one's own is a score") {
    const matrix<double> logits = matrix<double>::Zero(2, 4);
    CHECK(score::logit_score<own_probability>{}(logits, label_list{0, 3}) == scores{0.25, 0.25});
}
