#include <lpntk/attribution/kernel_ridge.hpp>

#include <Eigen/Dense>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "attribution/numbers.hpp"
#include "cluster/similarities.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lpntk;
using test::numbers;
using testing::bare_similarity;
using testing::message_of;
using testing::random_kernel;

std::vector<int> labels_of(index_t count, int classes) {
    std::vector<int> labels;
    for (index_t i = 0; i < count; ++i) labels.push_back(static_cast<int>(i * i % 7) % classes);
    return labels;
}

/// kappa' of the definition.
matrix<double> scaled(const matrix<double>& kappa, double scale, double bias) { return (scale * kappa).array() + bias; }

matrix<double> without(const matrix<double>& all, index_t row, bool column) {
    std::vector<index_t> rest;
    for (index_t i = 0; i < all.rows(); ++i)
        if (i != row) rest.push_back(i);
    matrix<double> part(static_cast<index_t>(rest.size()), column ? all.cols() - 1 : all.cols());
    for (index_t i = 0; i < part.rows(); ++i)
        for (index_t j = 0; j < part.cols(); ++j)
            part(i, j) = all(rest[static_cast<std::size_t>(i)], column ? rest[static_cast<std::size_t>(j)] : j);
    return part;
}

/// alpha by a factorisation of Eigen's.
matrix<double> dual_of(matrix<double> kappa, const matrix<double>& targets, double lambda) {
    kappa.diagonal().array() += lambda;
    return kappa.ldlt().solve(targets);
}

/// Every item predicted by a fit of all others.
matrix<double> refitted(const matrix<double>& kappa, const matrix<double>& targets, double lambda) {
    matrix<double> left_out(targets.rows(), targets.cols());
    for (index_t i = 0; i < kappa.rows(); ++i) {
        const matrix<double> dual = dual_of(without(kappa, i, true), without(targets, i, false), lambda);
        left_out.row(i) = without(kappa.col(i), i, false).transpose() * dual;
    }
    return left_out;
}

}  // namespace

TEST_CASE("kernel ridge: leave-one-out is what refitting without each item predicts") {
    for (const index_t count : {2, 3, 40, 96, 100})
        for (const double lambda : {0.01, 1.0}) {
            const auto kappa = random_kernel(count, testing::kind::smooth, 3);
            const auto labels = labels_of(count, 4);
            const auto fit = kernel_ridge{.lambdas = {lambda}, .bias = 0.5}(bare_similarity(kappa), {labels, 4});
            const double scale = 1 / kappa.diagonal().mean();
            const auto expected = refitted(scaled(kappa, scale, 0.5), one_hot({labels, 4}), lambda);
            INFO(count << " items, lambda " << lambda);
            CHECK((fit.leave_one_out - expected).cwiseAbs().maxCoeff() < 1e-9);
            const double error = (expected - one_hot({labels, 4})).squaredNorm() / static_cast<double>(expected.size());
            CHECK(std::abs(fit.error - error) < 1e-9 * (1 + error));
            CHECK(fit.lambda == lambda);
            CHECK(fit.trials.empty());
        }
}

TEST_CASE("kernel ridge: dual, predictions and leave-one-out of scikit-learn") {
    std::ifstream file(std::string(LPNTK_TEST_DATA) + "/ridge_30.txt");
    index_t items = 0, outputs = 0, others = 0;
    double lambda = 0;
    file >> items >> outputs >> others >> lambda;
    REQUIRE(items == 30);
    const auto kappa = numbers(file, items, items);
    const matrix<double> given = numbers(file, 1, items);
    std::vector<int> labels;
    for (index_t i = 0; i < items; ++i) labels.push_back(static_cast<int>(given(0, i)));
    const auto cross = numbers(file, others, items);
    const auto dual = numbers(file, items, outputs);
    const auto predicted = numbers(file, others, outputs);
    const auto left_out = numbers(file, items, outputs);
    REQUIRE(file);
    const auto fit = kernel_ridge{.lambdas = {lambda}}(matrix_similarity(kappa), labels);
    CHECK((fit.dual - dual).cwiseAbs().maxCoeff() < 1e-10);
    CHECK((fit.predict(cross) - predicted).cwiseAbs().maxCoeff() < 1e-10);
    CHECK((fit.leave_one_out - left_out).cwiseAbs().maxCoeff() < 1e-10);
}

TEST_CASE("kernel ridge: weights times targets are the predictions, and solve the system") {
    for (const index_t count : {5, 97, 200}) {
        const auto all = random_kernel(count + 100, testing::kind::smooth, 5);
        const matrix<double> kappa = all.topLeftCorner(count, count);
        const auto labels = labels_of(count, 3);
        const auto fit = kernel_ridge{.lambdas = {0.1}}(matrix_similarity(kappa), {labels, 3});
        const double scale = 1 / kappa.diagonal().mean();
        for (const index_t others : {1, 100}) {
            const matrix<double> cross = all.bottomLeftCorner(others, count);
            const auto weights = fit.weights(cross);
            REQUIRE(weights.rows() == others);
            REQUIRE(weights.cols() == count);
            CHECK((weights * one_hot({labels, 3}) - fit.predict(cross)).cwiseAbs().maxCoeff() < 1e-9);
            matrix<double> regular = scaled(kappa, scale, 1);
            regular.diagonal().array() += 0.1;
            CHECK((weights * regular - scaled(cross, scale, 1)).cwiseAbs().maxCoeff() < 1e-9);
        }
    }
}

TEST_CASE("kernel ridge: lambda has the smallest leave-one-out error of those tried") {
    const auto kappa = random_kernel(150, testing::kind::smooth, 8);
    matrix<double> targets(150, 2);
    random_stream noise(4);
    for (index_t i = 0; i < 150; ++i)
        targets.row(i) << kappa(i, 0) / 5 + noise.normal(), kappa(i, 1) / 5 + noise.normal();
    const kernel_ridge policy{.lambdas = {0.001, 0.1, 10, 1000}};
    const auto fit = policy(matrix_similarity(kappa), targets);
    REQUIRE(fit.trials.size() == 4);
    for (const ridge_trial& trial : fit.trials) {
        const auto alone = kernel_ridge{.lambdas = {trial.lambda}}(matrix_similarity(kappa), targets);
        CHECK(alone.error == trial.error);
        CHECK(fit.error <= trial.error);
    }
    const auto searched = kernel_ridge{.lambdas = policy.lambdas, .search = 60}(matrix_similarity(kappa), targets);
    CHECK(searched.trials.size() == 4);
    CHECK(searched.trials[0].error != fit.trials[0].error);
    CHECK(kernel_ridge{.lambdas = {searched.lambda}}(matrix_similarity(kappa), targets).error == searched.error);
}

TEST_CASE("kernel ridge: float is near double, and a scaled kernel gives the same") {
    const auto kappa = random_kernel(300, testing::kind::smooth, 2);
    const auto labels = labels_of(300, 5);
    const kernel_ridge policy{.lambdas = {0.1}};
    const auto fine = policy(matrix_similarity(kappa), labels);
    const auto coarse = policy(matrix_similarity<float>(kappa.cast<float>()), labels);
    CHECK((fine.leave_one_out - coarse.leave_one_out).cwiseAbs().maxCoeff() < 1e-3);
    const auto larger = policy(matrix_similarity<double>(1000 * kappa), labels);
    CHECK((fine.leave_one_out - larger.leave_one_out).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("kernel ridge: the same bits for any number of threads") {
    const auto kappa = random_kernel(210, testing::kind::smooth, 9);
    const auto labels = labels_of(210, 3);
    const matrix<double> cross = kappa.topRows(110);
    const auto run = [&](int threads) {
        return kernel_ridge{.search = 100, .threads = threads}(matrix_similarity(kappa), labels);
    };
    const auto one = run(1), three = run(3);
    CHECK(one.dual == three.dual);
    CHECK(one.leave_one_out == three.leave_one_out);
    CHECK(one.predict(cross, 1) == one.predict(cross, 3));
    CHECK(one.weights(cross, 1) == one.weights(cross, 3));
}

TEST_CASE("kernel ridge: bad arguments are named") {
    const bare_similarity items(random_kernel(6, testing::kind::smooth, 1));
    const std::vector<int> labels{0, 1, 0, 1, 0, 1};
    CHECK(test::says(message_of([&] { kernel_ridge{.lambdas = {}}(items, labels); }), "number of lambdas is 0"));
    CHECK(
        test::says(message_of([&] { (kernel_ridge{.lambdas = {1, 0}}(items, labels)); }), "lambda is 0, must be > 0"));
    CHECK(test::says(message_of([&] { kernel_ridge{.bias = -1}(items, labels); }), "bias is -1"));
    CHECK(test::says(message_of([&] { kernel_ridge{.search = 0}(items, labels); }), "search is 0"));
    CHECK(test::says(message_of([&] { kernel_ridge{}(items, std::vector<int>{0, 1}); }), "number of labels is 2"));
    CHECK(test::says(message_of([&] { kernel_ridge{}(items, matrix<double>(5, 2)); }), "rows of the targets is 5"));
    CHECK(test::says(message_of([&] { kernel_ridge{}(bare_similarity(matrix<double>::Zero(6, 6)), labels); }),
                     "mean self-similarity"));
    matrix<double> broken = items.values;
    broken(4, 2) = std::numeric_limits<double>::quiet_NaN();
    CHECK(test::says(message_of([&] { kernel_ridge{}(bare_similarity(broken), labels); }), "items 4 and 2 is NaN"));
    CHECK_THROWS_AS(
        (kernel_ridge{.lambdas = {0.1}}(bare_similarity(-items.values + 5 * matrix<double>::Identity(6, 6)), labels)),
        error);
    const auto fit = kernel_ridge{}(items, labels);
    CHECK(test::says(message_of([&] { fit.predict(matrix<double>::Zero(2, 5)); }), "columns"));
    matrix<double> cross = matrix<double>::Zero(2, 6);
    cross(1, 3) = std::numeric_limits<double>::infinity();
    CHECK(test::says(message_of([&] { fit.weights(cross); }), "sample 1"));
}

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)  // whose allocator takes more
TEST_CASE("kernel ridge: takes the memory that bytes() says") {
    const auto mib = [](const std::string& key) {
        std::ifstream lines("/proc/self/status");
        double kib = 0;
        for (std::string word; lines >> word;)
            if (word == key) lines >> kib;
        return kib / 1024;
    };
    constexpr index_t items = 2500;
    const matrix_similarity<double> kappa(random_kernel(items, testing::kind::smooth, 3));
    const auto labels = labels_of(items, 4);
    const kernel_ridge ridge{.lambdas = {0.1, 1}, .search = 500, .threads = 2};
    std::ofstream("/proc/self/clear_refs") << 5;  // the peak is what there is now
    const double before = mib("VmRSS:");
    REQUIRE(mib("VmHWM:") < before + 1);
    const auto fit = ridge(kappa, {labels, 4});
    const double taken = mib("VmHWM:") - before, said = static_cast<double>(ridge.bytes<double>(items, 4)) / 0x1p20;
    INFO(taken << " MiB taken, " << said << " said");
    CHECK(taken < said + 1);
    CHECK(taken > 0.8 * said);
}
#endif
