#include <lpntk/dynamics/forgetting.hpp>

#include <functional>

#include <lpntk/nn/train.hpp>
#include <lpntk/nn/zoo.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

lpntk::dataset<double> random_labels(index_t samples) {
    lpntk::dataset<double> data{models::random_matrix(samples, 6, 1), {}, 3, {1, 1, 6}};
    for (index_t i = 0; i < samples; ++i) data.labels.push_back(static_cast<int>(i * i % 3));
    return data;
}

}  // namespace

TEST_CASE("forgetting events and their prediction are those counted by hand") {
    const auto data = random_labels(60);
    auto net = nn::mlp<double, nn::tanh>({6, 16, 3}, 1, nn::initialisation::lecun);
    lpntk::forgetting_prediction seen(net, data);
    lpntk::detection_counts expected;
    lpntk::running_correlation deltas;
    auto before = net;
    std::vector<index_t> previous;
    nn::train(net, data,
              {.epochs = 6,
               .learning_rate = 0.5,
               .batch = 10,
               .momentum = 0,
               .weight_decay = 0,
               .after_step = [&](const auto& step) {
                   seen(step);
                   const std::vector<index_t> batch(step.batch.begin(), step.batch.end());
                   if (!previous.empty()) {
                       const auto observed = lpntk::subset(data, std::span<const index_t>(previous));
                       const auto predicted =
                           lpntk::predict_step(before, lpntk::subset(data, std::span<const index_t>(batch)),
                                               observed.inputs, step.learning_rate);
                       for (index_t n = 0; n < observed.size(); ++n) {
                           index_t was = 0, will = 0, is = 0;
                           const int y = observed.labels[static_cast<std::size_t>(n)];
                           const matrix<double> z = net.logits(observed.inputs.row(n));
                           const vector<double> q = lpntk::softmax<double>(z.row(0).transpose());
                           predicted.before.row(n).maxCoeff(&was);
                           (predicted.before + predicted.change).row(n).maxCoeff(&will);
                           q.maxCoeff(&is);
                           if (was == y) expected.add(will != y, is != y);
                           for (index_t k = 0; k < 3; ++k)
                               deltas.add(predicted.change(n, k), q[k] - predicted.before(n, k));
                       }
                   }
                   before = net;
                   previous = batch;
               }});
    CHECK(seen.steps().size() == 35);
    CHECK(seen.counts().hits == expected.hits);
    CHECK(seen.counts().false_alarms == expected.false_alarms);
    CHECK(seen.counts().misses == expected.misses);
    CHECK(expected.events() >= 10);
    CHECK(std::abs(seen.delta_correlation() - deltas.value()) < 1e-9);
}

TEST_CASE("for plain SGD the prediction is right to first order, dropout or not; momentum is beyond the formula") {
    const auto data = random_labels(60);
    const auto run = [&](double rate, double momentum) {
        auto net = nn::make_sequential<double>({1, 1, 6}, nn::linear(16), nn::tanh(), nn::dropout(0.5), nn::linear(3));
        nn::initialise(net, nn::initialisation::lecun, 1);
        lpntk::forgetting_prediction seen(net, data, 2);
        nn::train(net, data,
                  {.epochs = 5,
                   .learning_rate = rate,
                   .batch = 10,
                   .momentum = momentum,
                   .weight_decay = 0,
                   .after_step = std::ref(seen)});
        return seen;
    };
    const auto coarse = run(1e-2, 0), fine = run(1e-4, 0), momentum = run(1e-4, 0.9);
    CHECK(fine.delta_correlation() > 0.999999);
    CHECK(fine.relative_error() < 1e-3);
    CHECK(std::abs(coarse.relative_error() / fine.relative_error() - 100) < 15);  // an error of order eta
    CHECK(momentum.relative_error() > 0.3);
}

TEST_CASE("a model and a training loop of one's own are watched alike") {
    const auto data = random_labels(60);
    models::only_pullback model(6, 8, 3, 1);
    lpntk::forgetting_prediction seen(model, data, 2);
    const double rate = 1e-3;
    for (index_t step = 0; step < 18; ++step) {
        std::vector<index_t> batch;
        for (index_t i = 0; i < 10; ++i) batch.push_back((step * 10 + i) % 60);
        const auto now = lpntk::subset(data, std::span<const index_t>(batch));
        const matrix<double> logits = lpntk::logits_of(model, now.inputs);
        const vector<double> losses = vector<double>::Zero(10), gradient = -lpntk::descent_direction(model, now);
        model.set_weights(model.weights() - rate * gradient);
        seen(lpntk::train_step<double>{step, step / 6, step % 6 == 5, batch, logits, losses, rate, gradient});
    }
    CHECK(seen.steps().size() == 17);
    CHECK(seen.delta_correlation() > 0.9999);
    CHECK(seen.relative_error() < 0.02);
}
