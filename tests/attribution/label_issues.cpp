#include <lpntk/attribution/class_health.hpp>
#include <lpntk/attribution/class_probabilities.hpp>
#include <lpntk/attribution/label_issues.hpp>
#include <lpntk/core/label_noise.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "attribution/numbers.hpp"
#include "cluster/similarities.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lpntk;
using test::numbers;
using testing::message_of;

/// A set of which everything is known: what a perfect model says of the labels given, and which are wrong.
struct known_set {
    noisy_labels given;
    std::vector<int> truth;
    matrix<double> probabilities;  ///< of the label given
};

/// Samples that are of one class for sure, or of two with known chances; labels redrawn by the transition.
known_set draw_set(index_t count, const matrix<double>& transition, std::uint64_t seed) {
    const auto classes = static_cast<int>(transition.rows());
    known_set set{{}, {}, matrix<double>::Zero(count, classes)};
    random_stream random(seed);
    for (index_t i = 0; i < count; ++i) {
        const int first = static_cast<int>(random.below(classes)), second = static_cast<int>(random.below(classes));
        const double sure = random.below(4) > 0 ? 1.0 : 0.5 + 0.5 * random.uniform();
        set.truth.push_back(random.uniform() < sure ? first : second);
        set.probabilities.row(i) = sure * transition.row(first) + (1 - sure) * transition.row(second);
    }
    set.given = flip_by_class{.transition = transition, .seed = seed}(set.truth);
    return set;
}

matrix<double> uniform_noise(int classes, double chance) {
    matrix<double> transition = matrix<double>::Constant(classes, classes, chance / (classes - 1));
    transition.diagonal().setConstant(1 - chance);
    return transition;
}

}  // namespace

TEST_CASE("calibration: the temperature of the largest likelihood, whatever the scale of the scores") {
    random_stream random(3);
    const index_t count = 4000;
    matrix<double> logits(count, 3);
    std::vector<int> labels;
    for (index_t i = 0; i < count; ++i) {
        for (index_t k = 0; k < 3; ++k) logits(i, k) = 2 * random.normal();
        double left = random.uniform() * logits.row(i).array().exp().sum();
        int label = 0;
        while (label < 2 && (left -= std::exp(logits(i, label))) > 0) ++label;
        labels.push_back(label);
    }
    const auto found = calibrated(logits, labels);
    CHECK(std::abs(found.temperature - 1) < 0.1);
    CHECK((found.values.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-12);
    for (const double scale : {0.01, 50.0}) {
        const auto scaled = calibrated(scale * logits, labels);
        CHECK(std::abs(scaled.temperature / scale - found.temperature) < 1e-3);
        CHECK((scaled.values - found.values).cwiseAbs().maxCoeff() < 1e-3);
    }
    double loss = 0;
    for (index_t i = 0; i < count; ++i)
        loss -= std::log(found.values(i, labels[static_cast<std::size_t>(i)])) / static_cast<double>(count);
    CHECK(std::abs(loss - found.loss) < 1e-9);
    const auto flat = calibrated(matrix<double>::Zero(2, 4), {std::vector<int>{0, 3}, 4});
    CHECK((flat.values.array() == 0.25).all());
}

TEST_CASE("confident joint: what cleanlab counts") {
    std::ifstream file(std::string(LPNTK_TEST_DATA) + "/confident_joint_80.txt");
    index_t samples = 0, classes = 0;
    file >> samples >> classes;
    REQUIRE(samples == 80);
    const auto probabilities = numbers(file, samples, classes);
    const auto row = numbers(file, 1, samples);
    std::vector<int> labels;
    for (index_t i = 0; i < samples; ++i) labels.push_back(static_cast<int>(row(0, i)));
    const auto counts = numbers(file, classes, classes), joint = numbers(file, classes, classes);
    const auto issues = numbers(file, 1, samples);
    REQUIRE(file);
    const auto found = count_confident(probabilities, {labels, static_cast<int>(classes)});
    CHECK(found.counts == counts);
    CHECK((found.joint / static_cast<double>(samples) - joint).cwiseAbs().maxCoeff() < 1e-9);
    CHECK(std::abs(found.wrong() - (1 - joint.trace()) * static_cast<double>(samples)) < 1e-6);
    for (index_t i = 0; i < samples; ++i) {
        index_t best = 0;
        probabilities.row(i).maxCoeff(&best);
        const int given = row(0, i) == static_cast<double>(best) ? -1 : labels[static_cast<std::size_t>(i)];
        const int likely = found.likely[static_cast<std::size_t>(i)];
        CHECK((given >= 0 && likely >= 0 && likely != given) == (issues(0, i) == 1));
    }
}

TEST_CASE("confident joint: classes without labels, ties and equal probabilities") {
    matrix<double> p(4, 3);
    p << 0.5, 0.5, 0, 0.5, 0.5, 0, 0.1, 0.3, 0.6, 0.2, 0.8, 0;
    const auto found = count_confident(p, {std::vector<int>{0, 0, 0, 0}, 3});
    CHECK(found.likely == std::vector<int>{0, 0, -1, -1});
    CHECK(found.joint.row(0).sum() == 4);
    CHECK(found.joint.bottomRows(2).sum() == 0);
    CHECK(found.wrong() == 0);
}

TEST_CASE("label issues: the score is the chance that a label is wrong") {
    const int classes = 4;
    for (const auto& transition : {next_class(classes, 0.2), uniform_noise(classes, 0.1)}) {
        const auto set = draw_set(20000, transition, 11);
        const auto issues = find_label_issues{}(set.probabilities, {set.given.labels, classes});
        const double expected = std::accumulate(issues.score.begin(), issues.score.end(), 0.0);
        CHECK(std::abs(expected / static_cast<double>(set.given.count()) - 1) < 0.1);
        CHECK(issues.count() == std::lround(count_confident(set.probabilities, {set.given.labels, classes}).wrong()));
        for (double low = 0; low < 1; low += 0.25) {  // of the labels of like scores, that fraction is wrong
            double sum = 0, wrong = 0, all = 0;
            for (std::size_t i = 0; i < issues.score.size(); ++i)
                if (issues.score[i] >= low && issues.score[i] <= low + 0.25)
                    sum += issues.score[i], wrong += set.given.flipped[i], all += 1;
            INFO("scores from " << low << ": " << sum << " expected, " << wrong << " wrong, of " << all);
            CHECK(std::abs(sum - wrong) < 0.06 * all + 3 * std::sqrt(all));
        }
    }
}

TEST_CASE("label issues: the doubt of a weak model is not taken for wrong labels") {
    const int classes = 4;
    random_stream random(17);
    for (const double noise : {0.03, 0.1}) {
        matrix<double> logits(8000, classes);
        std::vector<int> truth;
        for (index_t i = 0; i < logits.rows(); ++i) {
            for (index_t k = 0; k < classes; ++k) logits(i, k) = 1.5 * random.normal();
            double left = random.uniform() * logits.row(i).array().exp().sum();
            int drawn = 0;
            while (drawn < classes - 1 && (left -= std::exp(logits(i, drawn))) > 0) ++drawn;
            truth.push_back(drawn);
        }
        const auto given = flip_by_class{.transition = uniform_noise(classes, noise), .seed = 5}(truth);
        const class_labels own{given.labels, classes};
        const auto p = calibrated(logits, own);
        INFO("noise " << noise << ": " << count_confident(p.values, own).wrong() << " by the joint");
        CHECK(count_confident(p.values, own).wrong() > 1.5 * static_cast<double>(given.count()));
        const auto issues = find_label_issues{}(p.values, own);
        INFO(issues.count() << " decided, " << given.count() << " flipped");
        CHECK(std::abs(static_cast<double>(issues.count() - given.count())) < 400);
        CHECK(std::abs(issues.expected.sum() - 8000) < 1e-6);
        const double sum = std::accumulate(issues.score.begin(), issues.score.end(), 0.0);
        CHECK(std::abs(sum - (issues.expected.sum() - issues.expected.trace())) < 1e-6);
    }
}

TEST_CASE("uniform noise: the nearest probabilities that it allows are what endless unfolding folds to") {
    const index_t classes = 5;
    random_stream random(23);
    for (const double rate : {0.05, 0.3, 0.7}) {
        const auto transition = detail::uniform_noise(classes, rate);
        for (int repeat = 0; repeat < 5; ++repeat) {
            vector<double> row(classes);
            for (index_t k = 0; k < classes; ++k) row[k] = std::exp(2 * random.normal());
            row /= row.sum();
            const double least = rate / static_cast<double>(classes - 1);
            const double scale = detail::uniform_noise_fit::kept(row, least);
            const vector<double> folded = transition.transpose() * detail::unfolded(row, transition, 20000);
            for (index_t k = 0; k < classes; ++k) {
                const double nearest = std::max(least, scale * row[k]);
                INFO("rate " << rate << ", class " << k << ": " << nearest << " and " << folded[k]);
                CHECK(std::abs(nearest - folded[k]) < 2e-3);
            }
        }
    }
}

TEST_CASE("label issues: of sure samples the flipped ones are found, and the class suggested") {
    const int classes = 5;
    const auto transition = next_class(classes, 0.3);
    std::vector<int> truth;
    for (int i = 0; i < 500; ++i) truth.push_back(i % classes);
    const auto given = flip_by_class{.transition = transition, .seed = 2}(truth);
    matrix<double> probabilities(500, classes);
    for (index_t i = 0; i < 500; ++i) probabilities.row(i) = transition.row(truth[static_cast<std::size_t>(i)]);
    const auto issues = find_label_issues{}(probabilities, {given.labels, classes});
    CHECK(issues.wrong == given.flipped);
    CHECK(issues.count() == given.count());
    for (std::size_t i = 0; i < truth.size(); ++i)
        if (given.flipped[i]) CHECK(issues.suggested[i] == truth[i]);
    CHECK(std::abs(issues.expected.sum() - 500) < 1e-9);

    const auto health = health_by_class(issues, {given.labels, classes});
    REQUIRE(health.size() == 5);
    for (int c = 0; c < classes; ++c) {
        const class_health& of = health[static_cast<std::size_t>(c)];
        index_t labelled = 0, wrong = 0, missing = 0;
        for (std::size_t i = 0; i < truth.size(); ++i) {
            labelled += given.labels[i] == c;
            wrong += given.labels[i] == c && given.flipped[i];
            missing += truth[i] == c && given.flipped[i];
        }
        CHECK(of.given == labelled);
        CHECK(of.flagged == wrong);
        CHECK(std::abs(of.wrong - static_cast<double>(wrong)) < 3);
        CHECK(std::abs(of.missing - static_cast<double>(missing)) < 3);
        CHECK(std::abs(of.wrong_share() * static_cast<double>(labelled) - of.wrong) < 1e-9);
    }
    const auto pairs = confusions(issues, 5);
    REQUIRE(pairs.size() == 5);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        CHECK(pairs[k].given == (pairs[k].likely + 1) % classes);
        if (k > 0) CHECK(pairs[k].expected <= pairs[k - 1].expected);
    }
}

TEST_CASE("label issues: scores stay in [0, 1] for any probabilities") {
    matrix<double> p = matrix<double>::Identity(3, 3);
    for (const std::vector<int>& labels : {std::vector<int>{0, 1, 2}, {1, 2, 0}, {0, 0, 0}}) {
        const auto issues = find_label_issues{}(p, {labels, 3});
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK((issues.score[i] >= 0 && issues.score[i] <= 1));
            CHECK(issues.suggested[i] != labels[i]);
        }
    }
}

TEST_CASE("label issues: bad arguments are named") {
    const std::vector<int> labels{0, 1};
    matrix<double> p(2, 2);
    p << 0.5, 0.5, 0.2, 0.8;
    const auto check = [&](auto&& call, const std::string& part) { CHECK(test::says(message_of(call), part)); };
    check([&] { find_label_issues{.rounds = 0}(p, labels); }, "rounds is 0");
    check([&] { find_label_issues{}(2 * p, labels); }, "sum of the probabilities of sample 0 is 2");
    check([&] { find_label_issues{}(p, std::vector<int>{0}); }, "number of labels is 1");
    check([&] { count_confident(p, std::vector<int>{0, 2}); }, "number of columns of the probabilities is 2");
    check([&] { calibrated(p, std::vector<int>{0, 2}); }, "number of columns of the scores is 2");
    p(1, 0) = -0.2, p(1, 1) = 1.2;
    check([&] { find_label_issues{}(p, labels); }, "smallest probability of sample 1 is -0.2");
    p(1, 0) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(count_confident(p, labels), numeric_error);
    CHECK_THROWS_AS(calibrated(p, labels), numeric_error);
}

TEST_CASE("label issues: probabilities that say nothing of the labels call none wrong") {
    const index_t count = 600;
    for (const int classes : {2, 3, 10}) {
        std::vector<int> labels;
        for (index_t i = 0; i < count; ++i) labels.push_back(static_cast<int>(i % classes));
        matrix<double> noise(count, classes), left_out(count, classes);
        random_stream random(3);
        for (index_t i = 0; i < count; ++i) {
            for (int k = 0; k < classes; ++k) noise(i, k) = 0.05 + random.uniform();
            noise.row(i) /= noise.row(i).sum();
            left_out.row(i).setConstant(static_cast<double>(count) / classes / static_cast<double>(count - 1));
            left_out(i, i % classes) -= 1.0 / static_cast<double>(count - 1);  // the shares of all other labels
        }
        const matrix<double> even = matrix<double>::Constant(count, classes, 1.0 / classes);
        for (const auto& p : {noise, left_out, even}) {
            const auto issues = find_label_issues{}(p, {labels, classes});
            CHECK(issues.count() == 0);
            CHECK(issues.expected.trace() == static_cast<double>(count));
            CHECK(*std::max_element(issues.score.begin(), issues.score.end()) == 0);
        }
    }
}
