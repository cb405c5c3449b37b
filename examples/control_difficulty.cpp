// The company a sample keeps decides how fast it is learnt (the paper's figure 2): a target is trained together with
// the samples of its class that are most, middling or least similar to it by lpNTK.

#include <algorithm>
#include <array>
#include <cstdio>

#include <lpntk/lpntk.hpp>

#include "experiments/neighbours.hpp"
#include "support/data.hpp"
#include "support/kernel_options.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t;

namespace {

constexpr std::array<const char*, 3> groups{"interchangeable", "medium", "non_interchangeable"};

/// A target and the three groups around it, as indices into the data.
struct target_and_groups {
    index_t target;
    std::array<std::vector<index_t>, 3> samples;
};

/// For one class: the heads of its `count` largest clusters, and their neighbours by one row of the kernel each.
std::vector<target_and_groups> choose_targets(const lpntk::gram_matrix<float>& kappa,
                                              const std::vector<index_t>& members, index_t count, index_t neighbours) {
    const auto clusters = lpntk::farthest_points{.share = 0.1}(kappa);
    const auto sizes = clusters.sizes();
    auto heads = clusters.heads;
    std::stable_sort(heads.begin(), heads.end(), [&](index_t a, index_t b) {
        const auto size = [&](index_t head) {
            return sizes[static_cast<std::size_t>(clusters.assignment[static_cast<std::size_t>(head)])];
        };
        return size(a) > size(b);
    });
    heads.resize(std::min(heads.size(), static_cast<std::size_t>(count)));
    std::vector<target_and_groups> chosen;
    for (const index_t head : heads) {
        lpntk::vector<float> row(kappa.size());
        kappa.row(head, row);
        const auto found = experiments::neighbours_by_similarity<float>(row, head, neighbours);
        chosen.push_back({members[static_cast<std::size_t>(head)], {}});
        for (const auto& [from, to] :
             {std::pair{&found.interchangeable, 0}, {&found.medium, 1}, {&found.non_interchangeable, 2}})
            for (const index_t i : *from)
                chosen.back().samples[static_cast<std::size_t>(to)].push_back(members[static_cast<std::size_t>(i)]);
    }
    return chosen;
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("control_difficulty",
                              "Learns targets in the company of similar, middling and dissimilar samples.",
                              {.samples = 2000});
    index_t neighbours = 20, targets = 5, runs = 20;
    int kernel_epochs = 5;
    nn::train_options<float> how{.epochs = 20, .learning_rate = 0.01F, .batch = 32};
    options.add("--neighbours", neighbours, "samples of its class beside a target", 1, 10'000);
    options.add("--targets", targets, "targets in a class: the heads of its largest clusters, used in turn", 1, 1000);
    options.add("--runs", runs, "trainings of each kind, each from an initialisation of its own", 1, 10'000);
    options.add("--epochs", how.epochs, "epochs of each of them", 1, 1000);
    options.add("--kernel-epochs", kernel_epochs, "epochs of the network whose lpNTK is taken", 1, 1000);
    const examples::network_options networks(options);
    const examples::kernel_options kernels(options);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const auto images = examples::load_images(options, {.test = 1, .train_per_class = 3 * neighbours + 1});
        const auto& data = images.train;
        const auto network = networks.kind_for(images);
        how.augment = network.augment;
        auto net = network(options.seed);
        nn::train_best(net, data, images.validation,
                       {.epochs = kernel_epochs,
                        .learning_rate = network.learning_rate,
                        .augment = network.augment,
                        .seed = options.seed,
                        .threads = options.threads,
                        .report = examples::progress_bar("train for the kernel", data.size() * kernel_epochs)});
        const auto kappa = lpntk::gram_by_class(net, data, lpntk::label_signs{}, kernels.features(), kernels.gram());
        std::vector<std::vector<target_and_groups>> by_class;
        for (std::size_t c = 0; c < kappa.results.size(); ++c)
            by_class.push_back(choose_targets(kappa.results[c], kappa.indices[c], targets, neighbours));

        // losses(run * 3 + group, epoch): mean over the classes' targets, dropout off.
        lpntk::matrix<double> losses(3 * runs, how.epochs), by_label(3 * runs, data.classes);
        by_label.setZero();
        const auto report = examples::progress_bar("train");
        lpntk::parallel_for(3 * runs, options.threads, report, [&](index_t item, int) {
            const auto run = static_cast<std::size_t>(item / 3), group = static_cast<std::size_t>(item % 3);
            std::vector<index_t> company, alone;
            for (const auto& of_class : by_class) {
                const auto& chosen = of_class[run % of_class.size()];
                alone.push_back(chosen.target);
                company.push_back(chosen.target);
                company.insert(company.end(), chosen.samples[group].begin(), chosen.samples[group].end());
            }
            const auto observed = lpntk::subset(data, std::span<const index_t>(alone));
            auto own = how;
            own.seed = lpntk::random_stream(options.seed, run).bits();  // the same for the three groups
            own.threads = 1;
            auto learner = network(own.seed);
            own.after_step = [&](const lpntk::train_step<float>& step) {
                if (!step.epoch_ends) return;
                const auto z = learner.logits(observed.inputs, 1);
                double sum = 0;
                for (int c = 0; c < data.classes; ++c) {
                    const double loss = static_cast<double>(lpntk::cross_entropy<float>(z.row(c).transpose(), c));
                    by_label(item, c) += loss;
                    sum += loss;
                }
                losses(item, step.epoch) = sum / data.classes;
            };
            nn::train(learner, lpntk::subset(data, std::span<const index_t>(company)), own);
        });

        examples::panel panel{.title = images.name + ", " + network.title + ": targets and " +
                                       std::to_string(neighbours) + " neighbours a class",
                              .x = {.label = "epoch"},
                              .y = {.label = "loss of the targets", .low = 0.0}};
        examples::table table{{"epoch", "group", "mean loss", "deviation"}, {}};
        examples::json difficulty, deviation, per_class;
        for (std::size_t g = 0; g < 3; ++g) {
            examples::series curve{.label = groups[g], .style = examples::mark::line, .band = true};
            std::replace(curve.label.begin(), curve.label.end(), '_', '-');
            const auto over_runs = [&](auto&& value) {
                std::vector<double> all;
                for (index_t run = 0; run < runs; ++run) all.push_back(value(3 * run + static_cast<index_t>(g)));
                return examples::spread(all);
            };
            for (int epoch = 0; epoch < how.epochs; ++epoch) {
                const auto loss = over_runs([&](index_t row) { return losses(row, epoch); });
                curve.x.push_back(epoch + 1);
                curve.y.push_back(loss.mean);
                curve.error.push_back(loss.deviation);
                table.rows.push_back({std::to_string(epoch + 1), groups[g], examples::number(loss.mean, 5),
                                      examples::number(loss.deviation, 5)});
            }
            panel.lines.push_back(std::move(curve));
            const auto sum = over_runs([&](index_t row) { return losses.row(row).sum(); });
            difficulty[groups[g]] = sum.mean;
            deviation[groups[g]] = sum.deviation;
            for (int c = 0; c < data.classes; ++c)
                per_class[groups[g]].push_back(over_runs([&](index_t row) { return by_label(row, c); }).mean);
            std::printf("%-20s loss of the targets, summed over %d epochs: %.3f +- %.3f over %td runs\n", groups[g],
                        how.epochs, sum.mean, sum.deviation, runs);
        }
        results.write("control_difficulty.csv", table);
        results.write_summary({{"data", images.name},
                               {"network", network.name},
                               {"mean_difficulty", difficulty},
                               {"deviation", deviation},
                               {"mean_difficulty_by_class", per_class},
                               {"runs", runs},
                               {"neighbours", neighbours},
                               {"epochs", how.epochs}});
        results.add_picture("control_difficulty.png", examples::figure{.panels = {panel}, .width = 800});
    });
}
