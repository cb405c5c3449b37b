// Which training samples decide a prediction: attributions by the kernel, judged by the linear datamodeling score, how
// well they rank networks that were trained on random parts of the set.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/io/safetensors.hpp>
#include <lpntk/lpntk.hpp>

#include "experiments/attribution_dump.hpp"
#include "support/data.hpp"
#include "support/kernel_options.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"
#include "support/training.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t;

namespace {

struct study {
    const examples::kernel_options& kernels;
    examples::network_kind network{};
    int epochs = 8;
    std::uint64_t seed = 1;

    examples::any_network trained(const lpntk::dataset<float>& train, std::uint64_t by_seed, int threads) const {
        auto net = network(by_seed);
        nn::train(net, train, examples::standard_training(network, epochs, by_seed, threads));
        return net;
    }
};

/// log(p / (1 - p)) of the right class for each test sample, the output that Park et al. model.
lpntk::vector<double> margins(const examples::any_network& net, const lpntk::dataset<float>& test) {
    const lpntk::matrix<double> z = net.logits(test.inputs, 1).cast<double>();
    lpntk::vector<double> margin(z.rows());
    for (index_t m = 0; m < z.rows(); ++m) {
        const int right = test.labels[static_cast<std::size_t>(m)];
        double others = 0;
        const double largest = z.row(m).maxCoeff();
        for (index_t k = 0; k < z.cols(); ++k)
            if (k != right) others += std::exp(z(m, k) - largest);
        margin[m] = z(m, right) - largest - std::log(others);
    }
    return margin;
}

/// A way to attribute, and its attributions, tests x training samples, summed over the networks.
struct method {
    std::string name;
    lpntk::matrix<double> attributions;
};

/// What one network says.
std::vector<method> attributions(const study& how, const examples::any_network& net, const lpntk::dataset<float>& train,
                                 const lpntk::dataset<float>& test) {
    const auto cross = [&](const auto& cotangent) {
        const auto making = how.kernels.features();
        return lpntk::cross_gram(lpntk::tangent_features(net, test, cotangent, making),
                                 lpntk::tangent_features(net, train, cotangent, making), how.kernels.gram());
    };
    const int threads = how.kernels.gram().threads;
    const auto gram = [&](const auto& cotangent) {
        return lpntk::gram(net, train, cotangent, how.kernels.features(), how.kernels.gram());
    };
    const lpntk::matrix<float> pntk = cross(lpntk::all_ones{});
    const auto fit = lpntk::kernel_ridge{.threads = threads}(gram(lpntk::all_ones{}), train);
    const lpntk::matrix<double> weights = fit.weights(pntk, threads).cast<double>();
    // TRAK's estimate (Park et al., equation 13), with the kernel of the margins in place of projected gradients.
    const lpntk::vector<double> doubt = 1 / (1 + margins(net, train).array().exp());
    const auto of_margins = lpntk::kernel_ridge{.bias = 0, .threads = threads}(gram(lpntk::margin{}), doubt);
    const lpntk::matrix<double> of_doubts =
        of_margins.weights(cross(lpntk::margin{}), threads).cast<double>() * doubt.asDiagonal();
    const lpntk::matrix<double> targets = lpntk::one_hot(train), residuals = targets - fit.leave_one_out;
    const auto of_right_class = [&](const lpntk::matrix<double>& values) {
        lpntk::matrix<double> chosen(test.size(), train.size());
        for (index_t m = 0; m < test.size(); ++m)
            chosen.row(m) = values.col(test.labels[static_cast<std::size_t>(m)]).transpose();
        return chosen;
    };
    return {{"pNTK, leave-one-out dual", weights.cwiseProduct(of_right_class(residuals))},
            {"pNTK, ridge weights", weights.cwiseProduct(of_right_class(targets))},
            {"margin kernel, TRAK's dual", of_doubts},
            {"lpNTK", cross(lpntk::label_signs{}).cast<double>()},
            {"loss gradient", cross(lpntk::loss_gradient{}).cast<double>()},
            {"pNTK of the own class", pntk.cast<double>().cwiseProduct(of_right_class(targets))}};
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("attribution", "Judges attributions to training samples by retrained networks.",
                              {.samples = 2000});
    const examples::network_options networks(options);
    const examples::kernel_options kernels(options);
    study how{kernels};
    int retrained = 50, averaged = 3;
    double part = 0.5;
    index_t tests = 200;
    options.add("--retrained", retrained, "networks trained on random parts of the set", 2, 10'000);
    options.add("--part", part, "fraction of the set that each of them sees", 0.01, 0.99);
    options.add("--averaged", averaged, "networks, trained on the whole set, whose attributions are averaged", 1, 1000);
    options.add("--tests", tests, "test samples whose predictions are attributed", 1, 1'000'000);
    options.add("--epochs", how.epochs, "epochs of each training", 1, 1000);
    bool dump = false;
    options.add_flag("--dump", dump, "write images, weights and outputs for experiments/trak_peer.py");

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const auto data = examples::load_images(options, {.test = tests});
        const auto& train = data.train;
        how.network = networks.kind_for(data);
        how.seed = options.seed;

        std::vector<std::vector<index_t>> subsets;
        std::vector<index_t> everything(static_cast<std::size_t>(train.size()));
        std::iota(everything.begin(), everything.end(), index_t{0});
        const index_t size = lpntk::kept_count(train.size(), part, "attribution");
        for (int s = 0; s < retrained; ++s) {
            lpntk::random_stream random(how.seed, static_cast<std::uint64_t>(s));
            subsets.push_back(lpntk::random_choice(everything, size, random));
            std::sort(subsets.back().begin(), subsets.back().end());
        }
        lpntk::matrix<double> outputs(retrained, data.test.size());
        const auto bar = examples::progress_bar("retrain");
        lpntk::parallel_for(retrained, options.threads, bar, [&](index_t s, int) {
            const auto own = lpntk::subset(train, std::span<const index_t>(subsets[static_cast<std::size_t>(s)]));
            const auto seed = how.seed + 1000 + static_cast<std::uint64_t>(s);
            outputs.row(s) = margins(how.trained(own, seed, 1), data.test).transpose();
        });

        if (dump) experiments::write_attribution_dump(options.out, train, data.test, outputs, subsets);
        std::vector<method> methods;
        for (int k = 0; k < averaged; ++k) {
            const auto net = how.trained(train, how.seed + static_cast<std::uint64_t>(k), options.threads);
            if (dump)
                lpntk::io::write_safetensors(options.out / ("network_" + std::to_string(k) + ".safetensors"),
                                             net.stored());
            auto found = attributions(how, net, train, data.test);
            for (std::size_t m = 0; m < methods.size(); ++m) methods[m].attributions += found[m].attributions;
            if (methods.empty()) methods = std::move(found);
        }

        examples::table table{{"method", "linear datamodeling score", "low", "high"}, {}};
        examples::json scores;
        for (const method& one : methods) {
            auto found = lpntk::linear_datamodeling_scores(outputs, subsets, one.attributions);
            std::erase_if(found, [](double score) { return std::isnan(score); });
            const auto mean = lpntk::mean_with_interval(found);
            table.rows.push_back(
                {one.name, examples::number(mean.value), examples::number(mean.low), examples::number(mean.high)});
            scores[one.name] = {mean.value, mean.low, mean.high};
        }
        std::printf("%s, %s: %td training samples, %td tests, %d networks on parts of %td\n%s\n", data.name.c_str(),
                    how.network.title.c_str(), train.size(), data.test.size(), retrained, size,
                    examples::text(table).c_str());
        results.write("scores.csv", table);
        results.write_summary({{"data", data.name},
                               {"network", how.network.name},
                               {"samples", train.size()},
                               {"tests", data.test.size()},
                               {"retrained", retrained},
                               {"averaged", averaged},
                               {"epochs", how.epochs},
                               {"scores", scores}});
        lpntk::io::write_npy(results.file("attributions.npy"), methods.front().attributions);
    });
}
