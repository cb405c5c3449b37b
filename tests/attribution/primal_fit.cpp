#include <lpntk/attribution/kernel_ridge.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/feature_sketch.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangent.hpp>
#include <lpntk/nn/zoo.hpp>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

// Models explicit_features and nothing more; with a similarity, as features have one.
namespace bare {

using lpntk::index_t;

struct written {
    explicit written(lpntk::matrix<double> m) : values(std::move(m)) {}
    written(const written&) = delete;
    written& operator=(const written&) = delete;

    index_t size() const { return values.rows(); }
    index_t parameters() const { return values.cols(); }
    lpntk::vector<double> explicit_row(index_t i) const { return values.row(i).transpose(); }

    lpntk::matrix<double> values;
};

lpntk::matrix_similarity<double> similarity_of(const written& phi) {
    return lpntk::matrix_similarity<double>(phi.values * phi.values.transpose());
}
lpntk::matrix_similarity<double> similarity_of(const written& phi, std::span<const index_t> indices) {
    const lpntk::matrix<double> some = phi.values(std::vector<index_t>(indices.begin(), indices.end()), Eigen::all);
    return lpntk::matrix_similarity<double>(some * some.transpose());
}

static_assert(lpntk::explicit_features<written> && lpntk::similarity_source<written>);

}  // namespace bare

namespace {

using namespace lpntk;
using testing::message_of;
using testing::random_labels;

static_assert(explicit_features<features<float>> && explicit_features<feature_sketch<double>>);

matrix<double> random_features(index_t samples, index_t numbers, std::uint64_t seed) {
    random_stream random(seed, 5);
    matrix<double> phi(samples, numbers);
    for (double& value : phi.reshaped<Eigen::RowMajor>()) value = random.normal();
    return phi;
}

double largest(const matrix<double>& differences) { return differences.cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("primal fit: the kernel's leave-one-out predictions and predictions") {
    for (const auto& [samples, numbers] : std::vector<std::pair<index_t, index_t>>{
             {1, 1}, {2, 5}, {95, 3}, {96, 95}, {97, 96}, {400, 10}, {500, 120}, {60, 200}})
        for (const double bias : {0.0, 0.5}) {
            INFO(samples << " samples, " << numbers << " numbers, bias " << bias);
            const bare::written phi(random_features(samples, numbers, 1)), fresh(random_features(7, numbers, 2));
            const std::vector<int> labels = random_labels(samples, 3, 4);
            const class_labels own{labels, 3};
            const kernel_ridge ridge{.lambdas = {0.1, 1, 10}, .bias = bias, .search = 50};
            const auto primal = ridge.primal(phi, own);
            const auto dual = ridge(phi, own);
            CHECK(primal.lambda == dual.lambda);
            CHECK(primal.trials.size() == 3);
            CHECK(largest(primal.leave_one_out - dual.leave_one_out) < 1e-8);
            CHECK(std::abs(primal.error - dual.error) < 1e-8 * (1 + dual.error));
            const matrix<double> cross = fresh.values * phi.values.transpose();
            CHECK(largest(primal.predict(fresh) - dual.predict(cross)) < 1e-8);
        }
}

TEST_CASE("primal fit: of any targets, the same bits for any number of threads, told of all samples") {
    const bare::written phi(random_features(1000, 200, 3));
    const matrix<double> targets = random_features(1000, 2, 9);
    std::vector<index_t> told;
    const auto alone = kernel_ridge{
        .lambdas = {1}, .threads = 1, .report = [&](index_t done, index_t of) {
            CHECK(of == 2000);
            told.push_back(done);
        }}.primal(phi, targets);
    CHECK(alone.trials.empty());
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == 2000);
    for (const int threads : {2, 3, 8}) {
        const auto several = kernel_ridge{.lambdas = {1}, .threads = threads}.primal(phi, targets);
        CHECK(several.leave_one_out == alone.leave_one_out);
        CHECK(several.weights == alone.weights);
        CHECK(several.predict(phi, threads) == alone.predict(phi, 1));
    }
}

TEST_CASE("primal fit: features of a network in every form, and sketches of them") {
    const auto net = nn::mlp<double>({6, 8, 3}, 2);
    dataset<double> data{random_features(150, 6, 6), random_labels(150, 3, 1), 3, {1, 6, 1}};
    const auto phi = tangent_features(net, data, all_ones{});
    const kernel_ridge ridge{.lambdas = {0.3}};
    CHECK(largest(ridge.primal(phi, data).leave_one_out - ridge(gram(phi), data).leave_one_out) < 1e-8);
    const auto sketch = sketched_features(net, data, all_ones{}, {.numbers = 32});
    const auto fit = ridge.primal(sketch, data);
    CHECK(fit.predict(sketch).rows() == 150);
    const auto other = sketched_features(net, data, all_ones{}, {.numbers = 32, .seed = 1});
    CHECK(message_of([&] { fit.predict(other); }).find("seed 0") != std::string::npos);
    CHECK(largest(ridge.primal(sketch, data).leave_one_out - ridge(gram(sketch), data).leave_one_out) < 1e-8);
}

TEST_CASE("primal fit: what is wrong is named") {
    matrix<double> values = random_features(10, 4, 1);
    const std::vector<int> labels(10, 0);
    const kernel_ridge ridge{};
    CHECK(message_of([&] { ridge.primal(bare::written(values), class_labels{std::vector<int>(9, 0), 1}); }).find("9") !=
          std::string::npos);
    CHECK(message_of([&] {
              ridge.primal(bare::written(values), class_labels{std::vector<int>(10, 2), 2});
          }).find("label") != std::string::npos);
    CHECK(message_of([&] { kernel_ridge{.lambdas = {0.0}}.primal(bare::written(values), labels); }).find("lambda") !=
          std::string::npos);
    CHECK(message_of([&] { ridge.primal(bare::written(0 * values), labels); }).find("mean self-similarity") !=
          std::string::npos);
    const auto fit = ridge.primal(bare::written(values), labels);
    CHECK(message_of([&] {
              fit.predict(bare::written(random_features(3, 5, 1)));
          }).find("length of the new features") != std::string::npos);
    values(3, 2) = std::numeric_limits<double>::quiet_NaN();
    CHECK(message_of([&] { ridge.primal(bare::written(values), labels); }).find("3") != std::string::npos);
    CHECK_THROWS_AS(fit.predict(bare::written(values)), numeric_error);
}
