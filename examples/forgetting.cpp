// Forgetting events predicted from sample interaction while a network trains, for plain SGD and with momentum.

#include <cstdio>
#include <functional>

#include <lpntk/lpntk.hpp>

#include "support/data.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"
#include "support/stopwatch.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, examples::any_network, examples::network_kind;

namespace {

struct setting {
    const char* name;
    float momentum;
    float weight_decay;
};
constexpr setting settings[] = {{"sgd", 0.0F, 0.0F}, {"momentum", 0.9F, 5e-4F}};

struct outcome {
    std::vector<lpntk::forgetting_step> steps;
    lpntk::detection_counts counts;
    double delta_correlation = 0, relative_error = 0;
};

outcome watch(const network_kind& network, const lpntk::dataset<float>& data, nn::train_options<float> how) {
    auto net = network(how.seed);
    lpntk::forgetting_prediction<any_network> seen(net, data, how.threads);
    how.after_step = std::ref(seen);
    nn::train(net, data, how);
    return {seen.steps(), seen.counts(), seen.delta_correlation(), seen.relative_error()};
}

/// Time to predict what one step on a batch does to another one, in training steps (the better of five).
double cost_of_prediction(const network_kind& network, const lpntk::dataset<float>& data,
                          const nn::train_options<float>& how) {
    auto net = network(how.seed);
    std::vector<index_t> order(static_cast<std::size_t>(std::min(how.batch, data.size())));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<index_t>(i);
    const auto batch = lpntk::subset(data, std::span<const index_t>(order));
    nn::batch_gradient<any_network> gradient;
    nn::sgd<float> optimiser{
        .learning_rate = how.learning_rate, .momentum = 0.9F, .weight_decay = 5e-4F, .velocity = {}};
    double step = 1e9, prediction = 1e9;
    for (int i = 0; i < 6; ++i) {
        examples::stopwatch clock;
        gradient.compute(net, batch.inputs, batch.labels, how.threads, 1);
        optimiser.step(net.mutable_weights(), gradient.gradient(), 1.0F, how.threads);
        if (i > 0) step = std::min(step, clock.lap());
        clock.lap();
        lpntk::predict_step(net, batch, batch.inputs, how.learning_rate, how.threads);
        prediction = std::min(prediction, clock.lap());
    }
    return prediction / step;
}

examples::panel events_by_iteration(const setting& s, const std::vector<outcome>& seeds, examples::table& rows) {
    examples::panel panel{
        .title = s.name, .x = {.label = "iteration"}, .y = {.label = "forgetting events, all seeds", .low = 0.0}};
    examples::series happened{.label = "true"}, predicted{.label = "predicted", .style = examples::mark::dashed},
        both{.label = "both"};
    for (std::size_t t = 0; t < seeds.front().steps.size(); ++t) {
        lpntk::detection_counts sum;
        for (const outcome& seed : seeds) sum += seed.steps[t].counts;
        const auto step = seeds.front().steps[t].step;
        for (auto* line : {&happened, &predicted, &both}) line->x.push_back(static_cast<double>(step));
        happened.y.push_back(static_cast<double>(sum.events()));
        predicted.y.push_back(static_cast<double>(sum.predictions()));
        both.y.push_back(static_cast<double>(sum.hits));
        rows.rows.push_back({s.name, std::to_string(step), std::to_string(sum.events()),
                             std::to_string(sum.predictions()), std::to_string(sum.hits)});
    }
    panel.lines = {happened, predicted, both};
    return panel;
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options(
        "forgetting", "Predicts which samples of the last batch an update makes a network forget.", {.samples = 6400});
    index_t seeds = 10;
    double rate = 0.001;
    nn::train_options<float> how{.epochs = 1, .batch = 128};
    options.add("--seeds", seeds, "trainings of each setting", 1, 1000);
    options.add("--rate", rate, "learning rate", 1e-6, 10);
    options.add("--batch", how.batch, "samples of a step", 1, 100'000);
    options.add("--epochs", how.epochs, "epochs of samples / batch iterations", 1, 1000);
    const examples::network_options networks(options);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        lpntk::require(options.samples >= 2 * how.batch, "forgetting", "--samples", options.samples,
                       ">= 2 --batch, " + std::to_string(2 * how.batch) + ": what is forgotten is the batch before");
        how.learning_rate = static_cast<float>(rate);
        const auto images = examples::load_images(options, {.validation = 1, .test = 1});
        const network_kind network = networks.kind_for(images);
        how.augment = network.augment;
        how.threads = options.threads;
        examples::json summary{{"data", images.name},
                               {"network", network.name},
                               {"seeds", seeds},
                               {"rate", rate},
                               {"prediction_cost_in_steps", cost_of_prediction(network, images.train, how)}};
        examples::table table{
            {"setting", "seed", "events", "predicted", "precision", "recall", "F1", "delta correlation"}, {}};
        examples::table by_iteration{{"setting", "iteration", "true", "predicted", "both"}, {}};
        examples::figure figure{.title = "Forgetting events, " + images.name + ", " + network.title + ", " +
                                         std::to_string(seeds) + " seeds"};
        for (const setting& s : settings) {
            how.momentum = s.momentum;
            how.weight_decay = s.weight_decay;
            std::vector<outcome> outcomes(static_cast<std::size_t>(seeds));
            const auto bar = examples::progress_bar(s.name);
            lpntk::parallel_for(seeds, options.threads, bar, [&](index_t i, int) {
                auto own = how;
                own.seed = options.seed + static_cast<std::uint64_t>(i);
                own.threads = 1;
                outcomes[static_cast<std::size_t>(i)] = watch(network, images.train, own);
            });
            figure.panels.push_back(events_by_iteration(s, outcomes, by_iteration));
            examples::json values;
            const auto over_seeds = [&](const char* name, auto&& value) {
                std::vector<double> all;
                for (const outcome& o : outcomes) all.push_back(value(o));
                const auto [mean, deviation] = examples::spread(all);
                values[name] = mean;
                values[std::string(name) + "_deviation"] = deviation;
                return examples::number(mean) + " +- " + examples::number(deviation);
            };
            lpntk::detection_counts sum;
            for (std::size_t i = 0; i < outcomes.size(); ++i) {
                const auto& c = outcomes[i].counts;
                sum += c;
                table.rows.push_back({s.name, std::to_string(options.seed + i), std::to_string(c.events()),
                                      std::to_string(c.predictions()), examples::number(c.precision()),
                                      examples::number(c.recall()), examples::number(c.f1()),
                                      examples::number(outcomes[i].delta_correlation, 4)});
            }
            table.rows.push_back(
                {s.name, "mean", std::to_string(sum.events()), std::to_string(sum.predictions()),
                 over_seeds("precision", [](const outcome& o) { return o.counts.precision(); }),
                 over_seeds("recall", [](const outcome& o) { return o.counts.recall(); }),
                 over_seeds("f1", [](const outcome& o) { return o.counts.f1(); }),
                 over_seeds("delta_correlation", [](const outcome& o) { return o.delta_correlation; })});
            over_seeds("relative_error", [](const outcome& o) { return o.relative_error; });
            values["events"] = sum.events();
            values["predicted"] = sum.predictions();
            values["f1_pooled"] = sum.f1();
            summary[s.name] = values;
        }
        std::printf("%s\npredicting a step costs %.1f training steps\n", examples::text(table).c_str(),
                    summary["prediction_cost_in_steps"].get<double>());
        results.write("forgetting.csv", table);
        results.write("by_iteration.csv", by_iteration);
        results.write_summary(summary);
        results.add_picture("forgetting.png", std::move(figure));
    });
}
