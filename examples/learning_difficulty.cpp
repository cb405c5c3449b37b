// How hard a sample is to learn depends on what it is learnt with (the paper's figures 1, 4 and 5): the correlation of
// learning difficulty in a universal set and in its parts falls with their size.

#include <algorithm>
#include <cstdio>
#include <functional>

#include <lpntk/lpntk.hpp>

#include "experiments/size_correlation.hpp"
#include "support/data.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t;

namespace {

examples::panel scatter(const experiments::difficulties_at_size& level, double correlation) {
    constexpr std::size_t most = 2000;
    examples::series points{.style = examples::mark::points, .colour = 0};
    const std::size_t step = std::max<std::size_t>(1, level.universal.size() / most);
    for (std::size_t i = 0; i < level.universal.size(); i += step) {
        points.x.push_back(level.universal[i]);
        points.y.push_back(level.part[i]);
    }
    return {.title = std::to_string(level.per_class) + " a class: rho = " + examples::number(correlation),
            .x = {.label = "difficulty in the universal set"},
            .y = {.label = "difficulty in the part"},
            .lines = {points},
            .legend = "off"};
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options(
        "learning_difficulty",
        "Correlates learning difficulty in a universal set with that in its parts of 1/4, 1/16, ...",
        {.samples = 2560});
    nn::train_options<float> how{.epochs = 30, .batch = 32};
    double rate = 0.005;
    std::string measure = "cross-entropy";
    options.add("--epochs", how.epochs, "epochs of each training", 1, 1000);
    options.add("--rate", rate, "learning rate (figure 4: 0.1 with batch 128; figure 5: 0.001 with batch 256)", 1e-6,
                10);
    options.add("--batch", how.batch, "samples of a step", 1, 100'000);
    options.add_choice("--measure", measure, "loss that is summed over the epochs", {"cross-entropy", "error-norm"});
    const examples::network_options networks(options);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        how.learning_rate = static_cast<float>(rate);
        how.rate_by_epoch = nn::step_decay(0.7, 2);
        const index_t per_class = options.samples / 10;
        const auto data =
            examples::load_images(options, {.validation = 1, .test = 1, .choose_from = options.samples * 3 / 2 + 400});
        const auto network = networks.kind_for(data);
        how.augment = network.augment;
        const auto split =
            experiments::split_recursively(data.train.labels, data.train.classes, per_class, options.seed);
        const auto kind =
            measure == "error-norm" ? lpntk::difficulty_measure::error_norm : lpntk::difficulty_measure::cross_entropy;

        const experiments::size_correlation experiment{
            .seed = options.seed, .threads = options.threads, .report = examples::progress_bar("train")};
        const auto levels = experiment(data.train, split, [&](const auto& part, std::uint64_t seed, int threads) {
            auto net = network(seed);
            lpntk::learning_difficulty difficulty(part.labels, kind);
            auto own = how;
            own.seed = seed;
            own.threads = threads;
            own.after_step = std::ref(difficulty);
            nn::train(net, part, own);
            return difficulty.values();
        });

        examples::figure figure{.title = "Learning difficulty (" + measure + "), " + data.name + ", " + network.title +
                                         ", rate " + examples::number(rate, 3) + ", batch " +
                                         std::to_string(how.batch)};
        examples::table table{{"samples a class", "pairs", "pearson", "low", "high", "spearman", "low", "high"}, {}};
        examples::table points{{"samples a class", "universal", "part"}, {}};
        std::vector<index_t> sizes;
        std::vector<double> pearson, low, high, spearman;
        for (const auto& level : levels) {
            const lpntk::bootstrap_options draws{.seed = options.seed};
            const auto p = level.pearson(draws), s = level.spearman(draws);
            sizes.push_back(level.per_class);
            pearson.push_back(p.value);
            low.push_back(p.low);
            high.push_back(p.high);
            spearman.push_back(s.value);
            table.rows.push_back({std::to_string(level.per_class), std::to_string(level.part.size())});
            for (const double value : {p.value, p.low, p.high, s.value, s.low, s.high})
                table.rows.back().push_back(examples::number(value));
            for (std::size_t i = 0; i < level.part.size(); ++i)
                points.rows.push_back({std::to_string(level.per_class), examples::number(level.universal[i], 5),
                                       examples::number(level.part[i], 5)});
            figure.panels.push_back(scatter(level, p.value));
        }
        examples::series curve{.label = "Pearson", .y = pearson, .style = examples::mark::line_points};
        examples::series by_rank{.label = "Spearman", .y = spearman, .style = examples::mark::line_points};
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            curve.x.push_back(static_cast<double>(sizes[i]));
            curve.error.push_back((high[i] - low[i]) / 2);
        }
        by_rank.x = curve.x;
        const double lowest = std::min(
            {0.0, *std::min_element(low.begin(), low.end()), *std::min_element(spearman.begin(), spearman.end())});
        figure.panels.push_back({.title = "Correlation against size",
                                 .x = {.label = "samples a class", .log = true},
                                 .y = {.label = "correlation", .low = lowest, .high = 1.0},
                                 .lines = {curve, by_rank},
                                 .legend = "top left"});
        std::printf("%s\nThe first row is the universal set learnt again, from another initialisation.\n",
                    examples::text(table).c_str());
        results.write("learning_difficulty.csv", table);
        results.write("difficulties.csv", points);
        results.write_summary({{"data", data.name},
                               {"network", network.name},
                               {"measure", measure},
                               {"epochs", how.epochs},
                               {"rate", rate},
                               {"batch", how.batch},
                               {"sizes", sizes},
                               {"pearson", pearson},
                               {"pearson_low", low},
                               {"pearson_high", high},
                               {"spearman", spearman}});
        results.add_picture("learning_difficulty.png", std::move(figure));
    });
}
