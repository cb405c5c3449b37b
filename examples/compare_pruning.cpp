// Accuracy against the fraction of the training set kept, for every way to choose what is kept.

#include <cmath>
#include <cstdio>
#include <functional>

#include <lpntk/lpntk.hpp>

#include "support/data.hpp"
#include "support/kernel_options.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"
#include "support/pruning_report.hpp"
#include "support/training.hpp"

namespace nn = lpntk::nn;
namespace score = lpntk::score;
using lpntk::selection, examples::network_kind;

namespace {

/// A way to choose: by name, the ratio, and the seed of what is random in it.
struct method {
    std::string name;
    std::function<selection(double ratio, std::uint64_t seed)> choose;
};

struct recipe {
    int epochs = 8;
    int threads = 0;
    std::uint64_t seed = 0;
};

/// Test accuracy after as many steps as on the full set: what differs is the data, not the amount of training.
double retrained_accuracy(const network_kind& network, const examples::images& data, const selection& kept,
                          const recipe& how) {
    auto net = network(how.seed);
    const int epochs = static_cast<int>(std::lround(how.epochs / kept.ratio()));
    nn::train(net, lpntk::subset(data.train, kept),
              examples::standard_training(network, epochs, how.seed, how.threads));
    return nn::accuracy(net, data.test, how.threads);
}

/// The mean of a score over three networks early in training, as Paul et al. take EL2N and GraNd.
template <class Score>
score::scores early(const network_kind& network, const lpntk::dataset<float>& train, const recipe& how,
                    const Score& of) {
    return lpntk::mean_score(3, how.seed, [&](std::uint64_t seed) {
        auto net = network(seed);
        nn::train(net, train, examples::standard_training(network, 2, seed, how.threads));
        return of(net, train);
    });
}

/// Every method of the library; the first is uniform. lpNTK is of the network with the best validation accuracy.
std::vector<method> all_methods(const network_kind& network, const examples::images& data, const recipe& how,
                                const examples::kernel_options& kernels) {
    const auto& train = data.train;
    const lpntk::class_labels classes(train);
    const int threads = how.threads;
    score::forgetting forgetting(train.labels);
    auto net = network(how.seed);
    auto training = examples::standard_training(network, how.epochs, how.seed, threads);
    training.after_step = std::ref(forgetting);
    nn::train_best(net, train, data.validation, training);

    const auto kappa = std::make_shared<lpntk::gram_matrix<float>>(
        lpntk::gram(net, train, lpntk::label_signs{}, kernels.features(), kernels.gram()));
    const auto clusters = [=](double share) {
        return lpntk::by_class(*kappa, classes, [=](const auto& items) {
            return lpntk::farthest_points{.heads = lpntk::kept_count(items.size(), share, "compare_pruning")}(items);
        });
    };
    const auto tenth = clusters(0.1);
    const auto trees = lpntk::by_class(*kappa, classes, lpntk::single_linkage{});
    const lpntk::matrix<float> last_layer = net.last_layer_features(train.inputs, threads);
    const auto most = [=](const score::scores& scores) {
        return [=](double ratio, std::uint64_t) { return lpntk::by_score{.ratio = ratio}(scores, classes); };
    };
    using lpntk::score_end;
    return {
        {"uniform", [=](double r, auto seed) { return lpntk::uniform{r, seed}(classes); }},
        {"lpNTK redundant dropped",
         [=](double r, auto seed) { return lpntk::drop_redundant{.ratio = r, .seed = seed}(tenth); }},
        {"lpNTK tail dropped", [=](double r, auto seed) { return lpntk::drop_tail{.ratio = r, .seed = seed}(tenth); }},
        {"lpNTK FPC heads", [=](double r, auto) { return lpntk::keep_heads{}(clusters(r)); }},
        {"lpNTK FPC random member", [=](double r, auto seed) { return lpntk::keep_random_member{seed}(clusters(r)); }},
        {"lpNTK hierarchical", [=](double r, auto seed) { return lpntk::hierarchical{r, seed}(trees); }},
        {"lpNTK most similar dropped",
         [=](double r, auto) { return lpntk::average_similarity{r, score_end::lowest, threads}(*kappa, classes); }},
        {"lpNTK least similar dropped",
         [=](double r, auto) { return lpntk::average_similarity{r, score_end::highest, threads}(*kappa, classes); }},
        {"lpNTK self-maximal",
         [=](double r, auto seed) { return lpntk::self_maximal{r, seed, threads}(*kappa, classes); }},
        {"lpNTK facility location",
         [=](double r, auto) { return lpntk::facility_location{.ratio = r, .threads = threads}(*kappa, classes); }},
        {"EL2N, largest", most(early(network, train, how, score::el2n{.threads = threads}))},
        {"GraNd, largest", most(early(network, train, how, score::grand{.threads = threads}))},
        {"average NTK norm, largest", most(score::average_ntk_norm{.threads = threads}(net, train))},
        {"most forgotten", most(forgetting.values())},
        {"k-centre, last layer",
         [=](double r, auto seed) { return lpntk::k_centre_greedy{r, seed, threads}(last_layer, classes); }},
    };
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("compare_pruning", "Accuracy against the fraction kept, for every selection method.",
                              {.samples = 1000});
    std::vector<double> ratios{1.0, 0.9, 0.7, 0.5, 0.3, 0.1};
    int seeds = 3;
    bool quick = false;
    recipe how;
    const examples::network_options networks(options);
    const examples::kernel_options kernels(options);
    options.add("--ratios", ratios, "fractions to keep", 0.001, 1.0);
    options.add("--seeds", seeds, "repetitions, each with its own samples and weights", 1, 1000);
    options.add("--epochs", how.epochs, "epochs on the full set; on a part as many steps", 1, 1000);
    options.add_flag("--quick", quick, "two minutes: one seed, 500 samples, ratios 1, 0.5 and 0.1 where not given");

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        if (quick && !options.given("--samples")) options.samples = 500;
        if (quick && !options.given("--seeds")) seeds = 1;
        if (quick && !options.given("--ratios")) ratios = {1.0, 0.5, 0.1};
        const std::uint64_t first_seed = options.seed;
        how.threads = options.threads;

        std::vector<std::string> names;
        examples::retrainings found;
        examples::table runs{{"method", "ratio", "seed", "kept", "accuracy"}, {}};
        const auto bar = examples::progress_bar("compare");
        std::string data_name, network_name;
        for (int repeat = 0; repeat < seeds; ++repeat) {
            options.seed = how.seed = first_seed + static_cast<std::uint64_t>(repeat);
            const auto data = examples::load_images(options, {.train_per_class = 2});
            const auto network = networks.kind_for(data);
            const auto methods = all_methods(network, data, how, kernels);
            data_name = data.name;
            network_name = network.name;
            found.resize(methods.size(), std::vector<std::vector<examples::retrained>>(ratios.size()));
            for (std::size_t r = 0; r < ratios.size(); ++r) {
                double accuracy = 0;  // what is trained on everything is the same for every method
                for (std::size_t m = 0; m < methods.size(); ++m) {
                    if (names.size() <= m) names.push_back(methods[m].name);
                    const bool everything = ratios[r] == 1;
                    const auto kept = methods[everything ? 0 : m].choose(ratios[r], how.seed);
                    if (!everything || m == 0) accuracy = retrained_accuracy(network, data, kept, how);
                    found[m][r].push_back(
                        {static_cast<double>(kept.size()) / static_cast<double>(data.train.size()), accuracy});
                    runs.rows.push_back({names[m], examples::number(ratios[r], 3), std::to_string(how.seed),
                                         std::to_string(kept.size()), examples::number(accuracy, 4)});
                    const auto per_seed = ratios.size() * methods.size();
                    if (bar)
                        bar(static_cast<lpntk::index_t>(runs.rows.size()),
                            static_cast<lpntk::index_t>(per_seed) * seeds);
                }
            }
        }
        results.write("runs.csv", runs);
        examples::write_pruning_report(results, names, ratios, found,
                                       {{"data", data_name},
                                        {"network", network_name},
                                        {"samples", options.samples},
                                        {"seeds", seeds},
                                        {"epochs", how.epochs}});
    });
}
