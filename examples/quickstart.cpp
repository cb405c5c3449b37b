// From labelled images to lpNTK, clusters and a smaller training set, and what that costs in accuracy.

#include <algorithm>
#include <cstdio>

#include <lpntk/lpntk.hpp>

#include "support/cluster_pictures.hpp"
#include "support/data.hpp"
#include "support/kernel_options.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"
#include "support/stopwatch.hpp"
#include "support/training.hpp"

namespace nn = lpntk::nn;
using examples::images, examples::network_kind;

namespace {

struct recipe {
    int epochs = 8;
    std::uint64_t seed;
    int threads;
};

auto trained(const network_kind& network, const lpntk::dataset<float>& train, const images& data, const recipe& how,
             const char* title) {
    auto net = network(how.seed);
    auto training = examples::standard_training(network, how.epochs, how.seed, how.threads);
    training.report = examples::progress_bar(title, train.size() * how.epochs);
    nn::train_best(net, train, data.validation, training);
    return net;
}

double retrained_accuracy(const network_kind& network, const lpntk::selection& kept, const images& data,
                          const recipe& how, const char* title) {
    const auto net = trained(network, lpntk::subset(data.train, kept), data, how, title);
    return nn::accuracy(net, data.test, how.threads);
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("quickstart",
                              "Trains a network, computes lpNTK by class, clusters, drops redundant samples, retrains.",
                              {.samples = 2000});
    double keep = 0.9;
    lpntk::index_t heads = 0;
    recipe how{};
    options.add("--keep", keep, "fraction of the training samples to keep", 0.01, 1.0);
    options.add("--heads", heads, "clusters in each class; 0: a tenth of its samples", 0, 1'000'000);
    options.add("--epochs", how.epochs, "epochs of each training", 1, 1000);
    const examples::network_options networks(options);
    const examples::kernel_options kernels(options);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        how.seed = options.seed;
        how.threads = options.threads;
        const images data = examples::load_images(options, {.train_per_class = 2});
        const auto& train = data.train;
        const network_kind network = networks.kind_for(data);
        examples::stopwatch clock;

        const auto net = trained(network, train, data, how, "train");
        const double seconds_train = clock.lap();

        examples::kernel_stopwatch seconds;
        const auto kappa = lpntk::gram_by_class(
            net, train, lpntk::label_signs{},
            kernels.features(seconds.of_features(examples::progress_bar("features and Gram, by class", train.size()))),
            kernels.gram(seconds.of_gram()));
        clock.lap();

        const auto clusters = lpntk::by_class(kappa, [&](const auto& items) {
            return heads > 0 ? lpntk::farthest_points{.heads = std::min(heads, items.size())}(items)
                             : lpntk::farthest_points{.share = 0.1}(items);
        });
        const auto kept = lpntk::drop_redundant{.ratio = keep, .seed = how.seed}(clusters);
        const double seconds_cluster = clock.lap();

        const auto random = lpntk::uniform{.ratio = keep, .seed = how.seed}(train);
        const double full = nn::accuracy(net, data.test, how.threads);
        clock.lap();
        const double pruned = retrained_accuracy(network, kept, data, how, "retrain, redundant samples dropped");
        const double uniform = retrained_accuracy(network, random, data, how, "retrain, random samples dropped");
        const double seconds_retrain = clock.lap();

        std::printf("%s: %td samples, %s with %td weights\n", data.name.c_str(), train.size(), network.title.c_str(),
                    net.parameters());
        std::printf("  full set                    %6td samples  accuracy %.4f\n", train.size(), full);
        std::printf("  lpNTK, redundant dropped    %6td samples  accuracy %.4f\n", kept.size(), pruned);
        std::printf("  random samples dropped      %6td samples  accuracy %.4f\n", random.size(), uniform);
        std::printf("  train %.1f s, features %.2f s, Gram %.2f s, cluster %.2f s, retrain %.1f s\n", seconds_train,
                    seconds.features, seconds.gram, seconds_cluster, seconds_retrain);
        results.write_summary({{"data", data.name},
                               {"network", network.name},
                               {"samples", train.size()},
                               {"classes", train.classes},
                               {"parameters", net.parameters()},
                               {"kept", kept.size()},
                               {"full_accuracy", full},
                               {"pruned_accuracy", pruned},
                               {"uniform_accuracy", uniform},
                               {"seconds",
                                {{"train", seconds_train},
                                 {"features", seconds.features},
                                 {"gram", seconds.gram},
                                 {"cluster", seconds_cluster},
                                 {"retrain", seconds_retrain}}}});
        for (std::size_t c = 0; c < kappa.results.size(); ++c)
            lpntk::io::write_npy(results.file("kappa_" + std::to_string(c) + ".npy", "kernels"), kappa.results[c]);
        lpntk::io::write_npy(results.file("kept.npy"), kept);

        const std::string accuracy_title =
            "Test accuracy, " + std::to_string(kept.size()) + " of " + std::to_string(train.size()) + " samples";
        results.add_picture(
            "kernel.png", examples::figure{.panels = {examples::sorted_kernel("lpNTK of class 0, samples by cluster",
                                                                              kappa.results[0], clusters.results[0])}});
        results.add_picture("cluster_sizes.png",
                            examples::figure{.panels = {examples::size_distribution("Cluster sizes, all classes",
                                                                                    lpntk::joined(clusters).sizes())}});
        results.add_picture("heads_and_singletons.png", examples::heads_and_singletons(data, clusters));
        results.add_picture(
            "accuracy.png",
            examples::figure{.panels = {examples::bar_chart(accuracy_title, "accuracy",
                                                            {"full set", "redundant dropped", "random dropped"},
                                                            {{"", {full, pruned, uniform}, {}}})}});
    });
}
