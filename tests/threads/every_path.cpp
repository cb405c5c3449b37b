// Every parallel path of the library, on one thread and on three: the same bits. Also what the thread sanitizer runs.
#include <lpntk/lpntk.hpp>

#include <span>
#include <vector>

#include "support/catch.hpp"

using lpntk::index_t, lpntk::matrix;

namespace {

lpntk::dataset<float> images() {
    lpntk::dataset<float> data{matrix<float>(60, 64), {}, 3, {8, 8, 1}};
    lpntk::random_stream draw(3);
    for (index_t i = 0; i < data.inputs.size(); ++i) data.inputs.data()[i] = static_cast<float>(draw.normal());
    for (index_t i = 0; i < data.size(); ++i) data.labels.push_back(static_cast<int>(i % 3));
    return data;
}

/// A convolution, a pool, a linear layer.
auto network() {
    namespace nn = lpntk::nn;
    auto net =
        nn::make_sequential<float>({8, 8, 1}, nn::conv2d({.outputs = 4}), nn::relu(), nn::max_pool(2), nn::linear(3));
    nn::initialise(net, nn::initialisation::he, 1);
    return net;
}

template <class Path>
void check(const Path& path) {
    const auto one = path(1);
    for (int repeat = 0; repeat < 3; ++repeat) CHECK(path(3) == one);
}

}  // namespace

TEST_CASE("threads: features and their norms") {
    const auto data = images();
    const auto net = network();
    check([&](int threads) {
        const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{}, {.batch = 8, .threads = threads});
        return matrix<float>(lpntk::gram(phi, {.threads = 1}).dense());
    });
    check([&](int threads) { return lpntk::feature_norms(net, data, lpntk::loss_gradient{}, {.threads = threads}); });
    check([&](int threads) { return lpntk::logits_of(net, data.inputs, threads); });
}

TEST_CASE("threads: steps of items") {
    check([&](int threads) {
        std::vector<std::vector<index_t>> seen(5);
        lpntk::parallel_for_steps(5, 200, threads, [&](index_t item, index_t step, int) {
            seen[static_cast<std::size_t>(item)].push_back(step);
        });
        return seen;
    });
}

TEST_CASE("threads: kernels") {
    const auto data = images();
    const auto phi = lpntk::tangent_features(network(), data, lpntk::label_signs{}, {.threads = 1});
    const auto psi = lpntk::subset(phi, std::vector<index_t>{5, 3, 40}, 1);
    check([&](int threads) { return lpntk::gram(phi, {.threads = threads, .tile = 16}).dense(); });
    check([&](int threads) {
        return lpntk::gram(phi, {.threads = threads, .factors = lpntk::factor_precision::bf16}).dense();
    });
    check([&](int threads) { return lpntk::cross_gram(phi, psi, {.threads = threads, .tile = 16}); });
    check([&](int threads) { return lpntk::gram_by_class(phi, data, {.threads = threads}).results[1].dense(); });
    check([&](int threads) { return lpntk::kernel_rows<float>(phi, {.threads = threads}).diagonal(); });
    check([&](int threads) {
        const lpntk::empirical_ntk<float> entk(network(), data.inputs.topRows(6), {.threads = threads});
        return entk.all({.threads = threads}).dense();
    });
}

TEST_CASE("threads: clusterings and selections") {
    const auto data = images();
    const auto phi = lpntk::tangent_features(network(), data, lpntk::label_signs{}, {.threads = 1});
    const auto kappa = lpntk::gram(phi, {.threads = 1});
    check([&](int threads) {
        const lpntk::kernel_rows<float> rows(phi, {.threads = threads});
        return lpntk::by_class(rows, data, lpntk::farthest_points{.heads = 5}).results;
    });
    check([&](int threads) { return lpntk::kernel_k_means{.clusters = 4, .threads = threads}(kappa); });
    check([&](int threads) { return lpntk::facility_location{.ratio = 0.3, .threads = threads}(kappa, data).kept; });
    check([&](int threads) { return lpntk::near_duplicates{.epsilon = 0.3, .threads = threads}(kappa).sets; });
    check(
        [&](int threads) { return lpntk::kernel_ridge{.search = 30, .threads = threads}(kappa, data).leave_one_out; });
    check([&](int threads) { return lpntk::herding{.ratio = 0.3, .threads = threads}(kappa, data).kept; });
    check([&](int threads) { return lpntk::self_maximal{.threads = threads}(kappa, data).kept; });
    check(
        [&](int threads) { return lpntk::k_centre_greedy{.ratio = 0.3, .threads = threads}(data.inputs, data).kept; });
}

TEST_CASE("threads: training, and what a step changes") {
    const auto data = images();
    check([&](int threads) {
        auto net = network();
        lpntk::nn::train(net, data, {.epochs = 2, .batch = 16, .threads = threads});
        return lpntk::vector<float>(net.weights());
    });
    const auto net = network();
    const auto direction = lpntk::descent_direction(net, data, 1);
    check([&](int threads) { return lpntk::descent_direction(net, data, threads); });
    check([&](int threads) { return lpntk::predict_change(net, data.inputs, direction, 0.1F, threads).change; });
}
