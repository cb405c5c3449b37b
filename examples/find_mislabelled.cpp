// Flips some labels, trains on them, and asks every score which labels are wrong.

#include <algorithm>
#include <cstdio>
#include <numeric>

#include <lpntk/lpntk.hpp>

#include "support/data.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"
#include "support/training.hpp"

namespace nn = lpntk::nn;
namespace score = lpntk::score;

namespace {

/// The kernel scores of one cotangent: what the rows of its Gram say, and the tail of its clusters.
std::vector<score::named> kernel_scores(const std::string& kernel, const lpntk::features<float>& phi,
                                        const lpntk::dataset<float>& train, int threads) {
    const auto kappa = lpntk::gram(phi, {.threads = threads, .report = examples::progress_bar("Gram, " + kernel)});
    const auto statistics = lpntk::collect_row_statistics{.threads = threads}(kappa, train);
    auto scores = score::from_rows(statistics, train.labels);
    const auto clusters = lpntk::by_class(kappa, train, lpntk::farthest_points{.share = 0.1});
    scores.push_back({"tail cluster", score::tail_cluster{}(clusters)});
    for (auto& one : scores) one.name = kernel + ": " + one.name;
    return scores;
}

examples::image_group most_suspect(const lpntk::dataset<float>& truth, const lpntk::noisy_labels& given,
                                   const score::named& by, std::size_t count) {
    std::vector<lpntk::index_t> order(by.values.size());
    std::iota(order.begin(), order.end(), lpntk::index_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
        return by.values[static_cast<std::size_t>(a)] > by.values[static_cast<std::size_t>(b)];
    });
    order.resize(std::min(count, order.size()));
    examples::image_group group{"most suspect by " + by.name + " (given label, true label)",
                                lpntk::subset(truth, std::span<const lpntk::index_t>(order)).inputs,
                                {}};
    for (const auto i : order) {
        const auto at = static_cast<std::size_t>(i);
        group.captions.push_back(std::to_string(given.labels[at]) + (given.flipped[at] ? ", is " : " = ") +
                                 std::to_string(truth.labels[at]));
    }
    return group;
}

/// The best lpNTK score, the tail of its clusters and the baselines.
examples::figure roc_curves(const std::vector<score::named>& scores, const score::named& best,
                            const lpntk::noisy_labels& given) {
    examples::panel panel{.title = "Finding flipped labels",
                          .x = {.label = "good samples called bad", .low = 0, .high = 0.2},
                          .y = {.label = "flipped samples found", .low = 0, .high = 1},
                          .legend = "bottom right"};
    for (const score::named& one : scores) {
        const bool baseline = one.name.find(':') == std::string::npos;
        if (!baseline && &one != &best && one.name != "lpNTK: tail cluster" && one.name != "lpNTK: self-similarity")
            continue;
        examples::series line{.label =
                                  one.name + ", AUROC " + examples::number(lpntk::auroc(one.values, given.flipped), 3)};
        for (const auto& point : lpntk::roc_curve(one.values, given.flipped)) {
            line.x.push_back(point.false_positive_rate);
            line.y.push_back(point.true_positive_rate);
        }
        panel.lines.push_back(line);
    }
    return {.panels = {panel}};
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("find_mislabelled", "Flips labels, trains, and compares the scores that find them.",
                              {.samples = 2000});
    double flip = 0.05;
    int epochs = 4;
    options.add("--flip", flip, "fraction of the training labels to flip", 0.001, 0.9);
    options.add("--epochs", epochs, "epochs of training before the scores are taken", 1, 1000);
    const examples::network_options networks(options);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        auto data = examples::load_images(options, {.train_per_class = 2});
        const auto truth = data.train;
        const auto given = lpntk::flip_uniformly{.fraction = flip, .seed = options.seed}(truth.labels, truth.classes);
        lpntk::require(given.count() >= 1, "find_mislabelled", "number of flipped labels", given.count(),
                       ">= 1: raise --flip or --samples");
        auto& train = data.train;
        train.labels = given.labels;
        examples::require_per_class(train, 2);

        const auto network = networks.kind_for(data);
        auto net = network(options.seed);
        score::forgetting forgetting(train.labels);
        auto training = examples::standard_training(network, epochs, options.seed, options.threads);
        training.report = examples::progress_bar("train", train.size() * epochs);
        training.after_step = std::ref(forgetting);
        nn::train(net, train, training);

        const int threads = options.threads;
        const auto features = [&](const auto& cotangent, const std::string& name) {
            return kernel_scores(name, lpntk::tangent_features(net, train, cotangent, {.threads = threads}), train,
                                 threads);
        };
        std::vector<score::named> scores = features(lpntk::label_signs{}, "lpNTK");
        for (auto& more : features(lpntk::loss_gradient{}, "loss gradient")) scores.push_back(std::move(more));
        for (auto& more : features(lpntk::all_ones{}, "pNTK")) scores.push_back(std::move(more));
        const auto early = [&](const auto& of) {
            return lpntk::mean_score(3, options.seed, [&](std::uint64_t seed) {
                auto young = network(seed);
                nn::train(young, train, examples::standard_training(network, 2, seed, threads));
                return of(young, train);
            });
        };
        const score::el2n el2n{.threads = threads};
        const score::grand grand{.threads = threads};
        for (auto& more : score::from_logits(net.logits(train.inputs, threads), train.labels))
            scores.push_back(std::move(more));
        scores.push_back({"EL2N, 3 young networks", early(el2n)});
        scores.push_back({"GraNd, 3 young networks", early(grand)});
        scores.push_back({"GraNd", grand(net, train)});
        scores.push_back({"forgetting", forgetting.values()});

        std::stable_sort(scores.begin(), scores.end(), [&](const score::named& a, const score::named& b) {
            return lpntk::auroc(a.values, given.flipped) > lpntk::auroc(b.values, given.flipped);
        });
        examples::table report{{"method", "AUROC", "average precision", "precision at flipped"}, {}};
        examples::json methods;
        for (const score::named& one : scores) {
            const auto found = lpntk::detect(one.values, given.flipped);
            report.rows.push_back({one.name, examples::number(found.auroc, 4),
                                   examples::number(found.average_precision, 4),
                                   examples::number(found.precision_at_known, 4)});
            methods[one.name] = {{"auroc", found.auroc},
                                 {"average_precision", found.average_precision},
                                 {"precision_at_flipped", found.precision_at_known}};
        }
        const auto best = std::find_if(scores.begin(), scores.end(),
                                       [](const score::named& one) { return one.name.starts_with("lpNTK"); });
        std::printf("%s: %td samples, %td labels flipped; higher is better\n%s\nbest lpNTK score: %s\n",
                    data.name.c_str(), train.size(), given.count(), examples::text(report).c_str(), best->name.c_str());
        results.write("table.csv", report);
        results.write_summary({{"data", data.name},
                               {"network", network.name},
                               {"samples", train.size()},
                               {"flipped", given.count()},
                               {"epochs", epochs},
                               {"best_lpntk", best->name},
                               {"methods", methods}});
        results.add_picture("roc.png", roc_curves(scores, *best, given));
        results.add_picture("most_suspect.png",
                            examples::contact_sheet{.title = "Mislabelled or not",
                                                    .shape = truth.shape,
                                                    .groups = {most_suspect(truth, given, *best, 60)},
                                                    .columns = 15,
                                                    .scaling = data.scaling});
    });
}
