// The library's side of the comparison: writes the weights, images and labels that all peers use, then computes what it
// is told on standard input and answers with the seconds that took.
//
//     lpntk_peer <folder> <threads> <images> [folder with MNIST]
//
// A line "kernel 1024 file.npy" or "epoch 10000 -" is answered with "ok <seconds> <value>"; the kernel goes to the
// file unless that is "-"; the value of an epoch is the accuracy after it.
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include <lpntk/io/npy.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/nn/train.hpp>

#include "support/peak.hpp"
#include "support/workloads.hpp"

namespace {

using lpntk::index_t;

lpntk::dataset<float> first(const lpntk::dataset<float>& data, index_t samples) {
    std::vector<index_t> indices(static_cast<std::size_t>(samples));
    for (index_t i = 0; i < samples; ++i) indices[static_cast<std::size_t>(i)] = i;
    return lpntk::subset(data, indices);
}

double kernel(const lpntk::dataset<float>& data, int threads, const std::string& file) {
    const auto& net = bench::network<bench::lenet>();
    const bench::stopwatch watch;
    const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{}, {.threads = threads});
    const auto kappa = lpntk::gram(phi, {.threads = threads});
    const double seconds = watch.seconds();
    if (file != "-") lpntk::io::write_npy(file, kappa);
    return seconds;
}

double epoch(const lpntk::dataset<float>& data, int threads, double& accuracy) {
    auto net = bench::lenet::make();
    const bench::stopwatch watch;
    lpntk::nn::train(net, data, {.epochs = 1, .learning_rate = 0.01F, .batch = 128, .threads = threads});
    const double seconds = watch.seconds();
    accuracy = lpntk::nn::accuracy(net, data, threads);
    return seconds;
}

void serve(const lpntk::dataset<float>& data, int threads) {
    std::cout << "ready lpntk, vectors of " << lpntk::micro::vector_bytes << " bytes" << std::endl;
    std::string task, file;
    for (index_t samples = 0; std::cin >> task >> samples >> file;) {
        double value = 0;
        const auto part = first(data, samples);
        if (task == "peak") value = bench::fma_peak(threads);
        const double seconds = task == "kernel"  ? kernel(part, threads, file)
                               : task == "epoch" ? epoch(part, threads, value)
                                                 : 0.0;
        std::cout << "ok " << seconds << ' ' << value << std::endl;
    }
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 4) {
        std::cerr << "usage: lpntk_peer <folder> <threads> <images> [folder with MNIST]\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const int threads = std::atoi(argv[2]);
    if (argc > 4) ::setenv("LPNTK_DATA", argv[4], 1);
    const auto data = bench::images(std::atol(argv[3]));
    std::filesystem::create_directories(folder);
    lpntk::io::write_npy(folder / "weights.npy", bench::network<bench::lenet>().weights());
    lpntk::io::write_npy(folder / "images.npy", data.inputs);
    lpntk::io::write_npy(folder / "labels.npy", std::vector<index_t>(data.labels.begin(), data.labels.end()));
    serve(data, threads);
} catch (const std::exception& error) {
    std::cerr << "lpntk_peer: " << error.what() << '\n';
    return 1;
}
