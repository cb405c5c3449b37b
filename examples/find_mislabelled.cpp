// Flips some labels, trains on them, and asks every score which labels are wrong.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/lpntk.hpp>

#include "experiments/cleaned_accuracy.hpp"
#include "experiments/label_pictures.hpp"
#include "experiments/label_search.hpp"
#include "support/data.hpp"
#include "support/kernel_options.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"
#include "support/training.hpp"

namespace nn = lpntk::nn;
namespace score = lpntk::score;

namespace {

using examples::any_network;

/// The kernel scores of one cotangent: what the rows of its Gram say, and the tail of its clusters.
void add_kernel_scores(experiments::findings& found, const std::string& kernel, const lpntk::gram_matrix<float>& kappa,
                       const lpntk::dataset<float>& train, int threads) {
    const auto statistics = lpntk::collect_row_statistics{.threads = threads}(kappa, train);
    auto scores = score::from_rows(statistics, train.labels);
    const auto clusters = lpntk::by_class(kappa, train, lpntk::farthest_points{.share = 0.1});
    scores.push_back({"tail cluster", score::tail_cluster{}(clusters)});
    for (auto& one : scores) found.scores.push_back({kernel + ": " + one.name, std::move(one.values)});
}

/// How a network is trained, and what is asked of it.
struct search {
    const examples::kernel_options& kernels;
    examples::network_kind network{};
    int epochs = 4;
    int folds = 0;
    int passes = 1;
    bool retrain = false;
    std::uint64_t seed = 1;
    int threads = 0;

    any_network trained(const lpntk::dataset<float>& train, int for_epochs, std::uint64_t by_seed) const {
        auto net = network(by_seed);
        nn::train(net, train, examples::standard_training(network, for_epochs, by_seed, threads));
        return net;
    }

    experiments::findings operator()(const lpntk::dataset<float>& train) const {
        auto net = network(seed);
        score::forgetting forgetting(train.labels);
        auto training = examples::standard_training(network, epochs, seed, threads);
        training.report = examples::progress_bar("train", train.size() * epochs);
        training.after_step = std::ref(forgetting);
        nn::train(net, train, training);

        experiments::findings found;
        const auto gram = [&](const any_network& of, const std::string& name, const auto& cotangent) {
            const auto bar = examples::progress_bar("features and Gram, " + name, train.size());
            return lpntk::gram(of, train, cotangent, kernels.features(bar), kernels.gram());
        };
        const auto add = [&](const std::string& kernel, const auto& cotangent) {
            auto kappa = gram(net, kernel, cotangent);
            add_kernel_scores(found, kernel, kappa, train, threads);
            return kappa;
        };
        add("lpNTK", lpntk::label_signs{});
        add("loss gradient", lpntk::loss_gradient{});
        std::vector<lpntk::index_t> kept(train.labels.size());
        std::iota(kept.begin(), kept.end(), lpntk::index_t{0});
        found.add_leave_one_out("pNTK", add("pNTK", lpntk::all_ones{}), train, kept, threads);
        while (found.passes < passes) {
            kept = found.last_pass.kept();
            const auto again = trained(lpntk::subset(train, std::span<const lpntk::index_t>(kept)), epochs, seed);
            found.add_leave_one_out("pNTK", gram(again, "pNTK", lpntk::all_ones{}), train, kept, threads);
        }
        add_baselines(found, net, train);
        found.scores.push_back({"forgetting", forgetting.values()});
        return found;
    }

private:
    void add_baselines(experiments::findings& found, const any_network& net, const lpntk::dataset<float>& train) const {
        std::vector<any_network> young;
        for (std::uint64_t k = 0; k < 3; ++k) young.push_back(trained(train, 2, seed + k));
        const auto early = [&](const auto& of) {
            return lpntk::mean_score(3, 0, [&](std::uint64_t k) { return of(young[k], train); });
        };
        const score::grand grand{.threads = threads};
        for (auto& more : score::from_logits(net.logits(train.inputs, threads), train.labels))
            found.scores.push_back(std::move(more));
        found.scores.push_back({"EL2N, 3 young networks", early(score::el2n{.threads = threads})});
        found.scores.push_back({"GraNd, 3 young networks", early(grand)});
        found.scores.push_back({"GraNd", grand(net, train)});
        if (folds == 0) return;
        found.held_out = experiments::cross_validated(
            train, folds, [&](const auto& part, int) { return trained(part, epochs, seed); },
            [&](const any_network& of, const auto& inputs) { return of.logits(inputs, threads); });
        found.add_probabilities("cross-validation", found.held_out, train);
    }
};

}  // namespace

int main(int argc, char** argv) {
    examples::options options("find_mislabelled", "Flips labels, trains, and compares the scores that find them.",
                              {.samples = 2000});
    const examples::network_options networks(options);
    const examples::kernel_options kernels(options);
    double flip = 0.05;
    int seeds = 1;
    std::string noise = "uniform";
    search how{kernels};
    options.add("--flip", flip, "fraction of the training labels to flip", 0.001, 0.9);
    options.add_choice("--noise", noise, "labels are flipped to any other class, or to the next",
                       {"uniform", "next-class"});
    options.add("--epochs", how.epochs, "epochs of training before the scores are taken", 1, 1000);
    options.add("--seeds", seeds, "repetitions, each with its own samples, flips and weights", 1, 1000);
    options.add("--passes", how.passes,
                "times that labels are judged, each after the first by a network trained on the rest", 1, 10);
    options.add_flag("--retrain", how.retrain, "test accuracy of a network trained without the labels found wrong");
    options.add("--folds", how.folds, "folds of cross-validation, as many trainings more; 0: none", 0, 100);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        lpntk::require(how.folds != 1, "find_mislabelled", "--folds", how.folds, "0, or 2 at least");
        const std::uint64_t first_seed = options.seed;
        how.threads = options.threads;
        experiments::comparison compared;
        experiments::cleaned_accuracy cleaned;
        experiments::findings found;
        lpntk::dataset<float> truth;
        lpntk::noisy_labels given;
        std::string name;
        decltype(examples::images::scaling) scaling{};
        for (int repeat = 0; repeat < seeds; ++repeat) {
            options.seed = how.seed = first_seed + static_cast<std::uint64_t>(repeat);
            auto data = examples::load_images(options, {.train_per_class = 2});
            name = data.name;
            scaling = data.scaling;
            how.network = networks.kind_for(data);
            truth = data.train;
            given = experiments::wrong_labels(noise, flip, options.seed, truth.labels, truth.classes);
            lpntk::require(given.count() >= 1, "find_mislabelled", "number of flipped labels", given.count(),
                           ">= 1: raise --flip or --samples");
            data.train.labels = given.labels;
            examples::require_per_class(data.train, 2);
            found = how(data.train);
            compared.add(found, given.flipped);
            if (how.retrain)
                cleaned.add(data.train, found.last_pass.wrong, given.flipped, [&](const auto& part) {
                    return nn::accuracy(how.trained(part, how.epochs, how.seed), data.test, options.threads);
                });
            found.write(options.out, std::to_string(how.seed), given);
        }
        const auto order = compared.order();
        const auto& best = found.scores[*std::find_if(
            order.begin(), order.end(), [&](std::size_t m) { return found.scores[m].name.starts_with("lpNTK"); })];
        std::printf("%s: %td samples, %td labels flipped (%s); higher is better\n%s\nbest lpNTK score: %s\n\n%s",
                    name.c_str(), truth.size(), given.count(), noise.c_str(),
                    examples::text(compared.methods()).c_str(), best.name.c_str(),
                    examples::text(compared.decisions()).c_str());
        if (how.retrain) std::printf("\n%s", examples::text(cleaned.table()).c_str());
        results.write("table.csv", compared.methods());
        results.write("decisions.csv", compared.decisions());
        examples::json summary{{"data", name},
                               {"samples", truth.size()},
                               {"flipped", given.count()},
                               {"noise", noise},
                               {"network", how.network.name},
                               {"epochs", how.epochs},
                               {"seeds", seeds},
                               {"best_lpntk", best.name},
                               {"methods", compared.methods_summary()},
                               {"decisions", compared.decisions_summary()}};
        if (how.retrain) summary["accuracy_without"] = cleaned.summary();
        results.write_summary(summary);
        results.add_picture("roc.png", experiments::roc_curves(found.scores, order, best, given));
        results.add_picture("most_suspect.png",
                            examples::contact_sheet{.title = "Mislabelled or not",
                                                    .shape = truth.shape,
                                                    .groups = {experiments::most_suspect(truth, given, best, 60)},
                                                    .columns = 15,
                                                    .scaling = scaling});
    });
}
