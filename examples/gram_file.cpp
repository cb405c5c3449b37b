// The lpNTK of all pairs in a .npy file, within a budget of memory, resumed after whatever stopped it.

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>

#include <lpntk/lpntk.hpp>

#include "support/data.hpp"
#include "support/gram_file_options.hpp"
#include "support/options.hpp"
#include "support/peak_memory.hpp"
#include "support/progress_bar.hpp"
#include "support/stopwatch.hpp"

int main(int argc, char** argv) {
    examples::options options("gram_file", "Writes the kernel of all pairs of samples to a .npy file, tile by tile.");
    const examples::gram_file_options kernel(options);
    lpntk::index_t memory = 0;
    options.add("--memory", memory, "MiB for features and tiles; 0: no bound", 0, lpntk::index_t{1} << 30U);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const auto data = examples::load_images(options, {.validation = -1, .test = 1});
        const bool from_file = kernel.is_trained();
        lpntk::require(!from_file || !options.given("--epochs"), "gram_file", "--epochs", kernel.epochs(),
                       "left out, as --weights is there: nothing is trained");
        const auto net = kernel.trained(data, options);
        const auto file = kernel.file_in(options.out);
        const examples::stopwatch watch;
        const auto wrote = lpntk::gram_to_file(
            net, data.train, lpntk::label_signs{}, file,
            {.threads = options.threads, .memory = static_cast<std::size_t>(memory) << 20U},
            {.threads = options.threads, .report = examples::progress_bar("Gram")}, {.resume = kernel.resume});
        const double seconds = watch.seconds(), peak = examples::peak_mib();
        std::printf("%s: %td x %td, %.0f s, %.0f MiB at most, %.2f passes over the data, %td of %td tiles resumed\n",
                    file.c_str(), data.train.size(), data.train.size(), seconds, peak, wrote.passes, wrote.resumed,
                    wrote.tiles);
        results.write_summary({{"data", data.name},
                               {"parameters", net.parameters()},
                               {"samples", data.train.size()},
                               {"epochs", from_file ? examples::json() : examples::json(kernel.epochs())},
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
