// Clusters of more samples than have room with their features: lpNTK from sketches of a fixed length, and how far that
// is from the exact kernel.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <optional>
#include <vector>

#include <lpntk/lpntk.hpp>

#include "experiments/sketch_findings.hpp"
#include "support/data.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/peak_memory.hpp"
#include "support/progress_bar.hpp"
#include "support/stopwatch.hpp"
#include "support/training.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t;

namespace {

/// `count` images: those of the data, then copies of them that are shifted at random.
lpntk::dataset<float> with_copies(const lpntk::dataset<float>& data, index_t count, const nn::random_shift& shift,
                                  std::uint64_t seed, int threads) {
    lpntk::dataset<float> all{lpntk::allocate_matrix<float>(count, data.inputs.cols(), "the images and their copies"),
                              {},
                              data.classes,
                              data.shape};
    all.labels.resize(static_cast<std::size_t>(count));
    lpntk::parallel_for(count, threads, [&](index_t i, int) {
        const index_t from = i % data.size();
        all.inputs.row(i) = data.inputs.row(from);
        all.labels[static_cast<std::size_t>(i)] = data.labels[static_cast<std::size_t>(from)];
        if (i < data.size()) return;
        lpntk::random_stream random(seed, static_cast<std::uint64_t>(i));
        lpntk::vector_span<float> image(all.inputs.row(i).transpose());
        shift(image, data.shape, random);
    });
    return all;
}

/// How many of the heads are also among the others, as a share.
double overlap(std::vector<index_t> heads, std::vector<index_t> others) {
    std::sort(heads.begin(), heads.end());
    std::sort(others.begin(), others.end());
    std::vector<index_t> both;
    std::set_intersection(heads.begin(), heads.end(), others.begin(), others.end(), std::back_inserter(both));
    return static_cast<double>(both.size()) / static_cast<double>(heads.size());
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("sketched_clusters", "Clusters samples by sketches of their features.",
                              {.samples = 2000});
    index_t count = 0, numbers = 4096, heads = 200;
    int epochs = 4;
    index_t left_out = 0;
    bool exact = false, pairs = false;
    const examples::network_options networks(options);
    options.add("--copies-to", count, "cluster so many images: the samples, and randomly shifted copies; 0: no copies",
                0, 100'000'000);
    options.add("--numbers", numbers, "numbers of a sketch: a power of two", 8, 8 * 65'536);
    options.add("--heads", heads, "clusters", 1, 1'000'000);
    options.add("--epochs", epochs, "epochs of training", 1, 1000);
    options.add_flag("--pairs", pairs,
                     "near duplicates, relations and average similarity by class, on the first eighth of the numbers");
    options.add("--leave-one-out", left_out,
                "leave-one-out predictions from a sketch of the pNTK of so many numbers, a power of two; 0: none", 0,
                8 * 65'536);
    options.add_flag("--exact", exact, "compute the exact kernel as well, and compare");

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const int threads = options.threads;
        const auto images = examples::load_images(options, {.test = 1});
        const index_t all = std::max(count, images.train.size());
        lpntk::require(heads <= all, "sketched_clusters", "--heads", heads,
                       "at most the number of images, " + std::to_string(all));
        lpntk::require(std::has_single_bit(static_cast<std::uint64_t>(numbers)), "sketched_clusters", "--numbers",
                       numbers, "a power of two");
        lpntk::require(left_out == 0 || (left_out >= 8 && std::has_single_bit(static_cast<std::uint64_t>(left_out))),
                       "sketched_clusters", "--leave-one-out", left_out, "0, or a power of two of 8 at least");
        const auto network = networks.kind_for(images);
        auto net = network(options.seed);
        auto training = examples::standard_training(network, epochs, options.seed, threads);
        training.report = examples::progress_bar("train", images.train.size() * epochs);
        nn::train_best(net, images.train, images.validation, training);
        const nn::random_shift shift{.pixels = images.train.shape.width / 8,
                                     .fill = images.scaling.black(images.train.shape.channels)};
        const auto data = with_copies(images.train, all, shift, options.seed, threads);

        examples::stopwatch clock;
        auto phi = lpntk::sketched_features(net, data, lpntk::label_signs{},
                                            {.numbers = numbers,
                                             .seed = options.seed,
                                             .threads = threads,
                                             .report = examples::progress_bar("sketch", data.size())});
        const double seconds_sketch = clock.lap();
        const lpntk::farthest_points clustering{.heads = heads, .report = examples::progress_bar("cluster", heads)};
        const auto clusters = clustering(lpntk::kernel_rows<float>(phi, {.threads = threads}));
        const double seconds_cluster = clock.lap();

        std::vector<index_t> some(static_cast<std::size_t>(std::min<index_t>(64, data.size())));
        std::iota(some.begin(), some.end(), index_t{0});
        const auto estimated = phi.estimates(some, {.threads = threads});
        std::printf("%s, %s: %td images, sketches of %td numbers in place of %td\n", images.name.c_str(),
                    network.title.c_str(), data.size(), phi.parameters(), net.parameters());
        std::printf("  relative error of the kernel, estimated from the sketch: %.4f\n", estimated.relative_error());
        std::printf("  sketch %.1f s (%.0f images a second), %td clusters %.1f s, peak %.0f MiB\n", seconds_sketch,
                    static_cast<double>(data.size()) / seconds_sketch, heads, seconds_cluster, examples::peak_mib());
        examples::json summary{{"data", images.name},
                               {"network", network.name},
                               {"images", data.size()},
                               {"numbers", numbers},
                               {"heads", heads},
                               {"relative_error_estimated", estimated.relative_error()},
                               {"seconds", {{"sketch", seconds_sketch}, {"cluster", seconds_cluster}}}};
        if (exact) {
            clock.lap();
            const auto full = lpntk::tangent_features(net, data, lpntk::label_signs{}, {.threads = threads});
            const double seconds_features = clock.lap();
            lpntk::matrix<float> rows(static_cast<index_t>(some.size()), data.size());
            lpntk::kernel_rows<float>(full, {.threads = threads}).rows(some, rows);
            const double relative = static_cast<double>((estimated.values - rows).norm() / rows.norm());
            const double shared = overlap(clusters.heads, clustering(lpntk::gram(full, {.threads = threads})).heads);
            std::printf("  relative error found: %.4f; %.1f %% of the heads are those of the exact kernel\n", relative,
                        100 * shared);
            std::printf("  exact features %.1f s\n", seconds_features);
            summary["relative_error"] = relative;
            summary["heads_shared"] = shared;
            summary["seconds"]["features"] = seconds_features;
        }
        if (pairs) summary["by_class"] = examples::find_by_class(phi, data, 0.01, threads);
        if (left_out > 0) {
            phi = {};
            summary["leave_one_out"] = examples::leave_one_out(net, data, left_out, options.seed, threads);
        }
        summary["peak_mib"] = examples::peak_mib();
        results.write_summary(summary);
        lpntk::io::write_npy(results.file("heads.npy"), clusters.heads);
    });
}
