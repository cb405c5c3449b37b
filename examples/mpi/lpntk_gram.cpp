// The lpNTK of all pairs in a .npy file, by several ranks: the same bits as gram_file's, and either goes on with what
// the other left.
//
//     mpirun -n 4 lpntk_gram --data DIR --samples 60000 --file kappa.npy --resume
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <lpntk/lpntk.hpp>
#include <lpntk/mpi/gram_to_file.hpp>

#include "support/data.hpp"
#include "support/gram_file_options.hpp"
#include "support/options.hpp"
#include "support/peak_memory.hpp"
#include "support/progress_bar.hpp"
#include "support/stopwatch.hpp"

namespace {

void run(const lpntk::mpi::communicator& ranks, examples::options& options, examples::gram_file_options& kernel,
         examples::results& results) {
    if (!options.given("--threads")) options.threads = std::max(1, lpntk::worker_count(0) / ranks.size());
    const auto data = examples::load_images(options, {.validation = -1, .test = 1});
    auto net = kernel.untrained(data, options);
    lpntk::vector<float> state = net.state();
    ranks.agree([&] {
        if (ranks.is_root()) state = kernel.trained(data, options).state();
    });
    ranks.broadcast(state.data(), static_cast<std::size_t>(state.size()) * sizeof(float), 0);
    net.set_state(state);

    const auto file = kernel.file_in(options.out);
    const examples::stopwatch watch;
    const auto wrote = lpntk::mpi::gram_to_file(
        ranks, net, data.train, lpntk::label_signs{}, file, {.threads = options.threads},
        {.threads = options.threads, .report = ranks.is_root() ? examples::progress_bar("Gram") : lpntk::progress{}},
        {.resume = kernel.resume});
    const double seconds = watch.seconds();
    const auto peaks = ranks.gather(std::vector<double>{examples::peak_mib()});
    const auto received = ranks.gather(std::vector<std::size_t>{wrote.exchanged.received});
    const auto least = ranks.gather(std::vector<std::size_t>{wrote.exchanged.least});
    if (!ranks.is_root()) return;
    std::printf("%s: %td x %td, %d ranks, %.0f s, %td of %td tiles resumed\n", file.c_str(), data.train.size(),
                data.train.size(), ranks.size(), seconds, wrote.file.resumed, wrote.file.tiles);
    for (int r = 0; r < ranks.size(); ++r) {
        const auto at = static_cast<std::size_t>(r);
        std::printf("rank %d: %.0f MiB at most, received %.1f MiB of features, %.1f MiB at least\n", r, peaks[at],
                    static_cast<double>(received[at]) / 0x1p20, static_cast<double>(least[at]) / 0x1p20);
    }
    results.write_summary({{"data", data.name},
                           {"parameters", net.parameters()},
                           {"samples", data.train.size()},
                           {"ranks", ranks.size()},
                           {"threads", options.threads},
                           {"file", file.string()},
                           {"seconds", seconds},
                           {"peak_mib", peaks},
                           {"received_bytes", received},
                           {"least_bytes", least},
                           {"tiles", wrote.file.tiles},
                           {"resumed_tiles", wrote.file.resumed}});
}

}  // namespace

int main(int argc, char** argv) {
    const lpntk::mpi::session session;
    const lpntk::mpi::communicator ranks;
    examples::options options("lpntk_gram", "Writes the kernel of all pairs of samples to a .npy file, by all ranks.");
    examples::gram_file_options kernel(options);
    const int code = examples::run_example(argc, argv, options,
                                           [&](examples::results& results) { run(ranks, options, kernel, results); });
    if (code != 0) MPI_Abort(MPI_COMM_WORLD, code);  // where one rank alone has failed, others wait for it
    return code;
}
