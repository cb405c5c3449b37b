// The lpNTK of all pairs in a .npy file, within a budget of memory, resumed after whatever stopped it.

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>

#include <lpntk/lpntk.hpp>

#include "support/data.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/peak_memory.hpp"
#include "support/progress_bar.hpp"
#include "support/stopwatch.hpp"
#include "support/training.hpp"

namespace {

/// The network as the file of weights has it; trained, and kept there, when there is no such file.
examples::any_network trained(const examples::network_kind& network, const lpntk::dataset<float>& train, int epochs,
                              const examples::options& options, const std::filesystem::path& weights) {
    auto net = network(options.seed);
    if (!weights.empty() && std::filesystem::exists(weights)) {
        net.set_state(lpntk::io::read_npy_vector<float>(weights));
        return net;
    }
    auto training = examples::standard_training(network, epochs, options.seed, options.threads);
    training.report = examples::progress_bar("train", train.size() * epochs);
    if (epochs > 0) lpntk::nn::train(net, train, training);
    if (!weights.empty()) lpntk::io::write_npy(weights, net.state());
    return net;
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("gram_file", "Writes the kernel of all pairs of samples to a .npy file, tile by tile.");
    const examples::network_options networks(options);
    int epochs = 5;
    std::filesystem::path file, weights;
    lpntk::index_t memory = 0;
    bool resume = false;
    options.add("--epochs", epochs, "epochs of training before the kernel is taken", 0, 1000);
    options.add_file("--weights", weights, "the network's state: read if it is there, else trained and written");
    options.add_file("--file", file, "the kernel, N x N; default: kappa.npy in the --out folder");
    options.add("--memory", memory, "MiB for features and tiles; 0: no bound", 0, lpntk::index_t{1} << 30U);
    options.add_flag("--resume", resume, "go on with an unfinished file, if there is one");

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const auto data = examples::load_images(options, {.validation = -1, .test = 1});
        const auto network = networks.kind_for(data);
        if (file.empty()) file = results.file("kappa.npy");
        const auto net = trained(network, data.train, epochs, options, weights);
        const examples::stopwatch watch;
        const auto wrote = lpntk::gram_to_file(
            net, data.train, lpntk::label_signs{}, file,
            {.threads = options.threads, .memory = static_cast<std::size_t>(memory) << 20U},
            {.threads = options.threads, .report = examples::progress_bar("Gram")}, {.resume = resume});
        const double seconds = watch.seconds(), peak = examples::peak_mib();
        std::printf("%s: %td x %td, %.0f s, %.0f MiB at most, %.2f passes over the data, %td of %td tiles resumed\n",
                    file.c_str(), data.train.size(), data.train.size(), seconds, peak, wrote.passes, wrote.resumed,
                    wrote.tiles);
        results.write_summary({{"data", data.name},
                               {"network", network.name},
                               {"samples", data.train.size()},
                               {"epochs", epochs},
                               {"file", file.string()},
                               {"bytes", std::filesystem::file_size(file)},
                               {"memory_mib", memory},
                               {"seconds", seconds},
                               {"peak_mib", peak},
                               {"passes", wrote.passes},
                               {"tiles", wrote.tiles},
                               {"resumed_tiles", wrote.resumed}});
    });
}
