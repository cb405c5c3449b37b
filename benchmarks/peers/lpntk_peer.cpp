// The library's side of the comparison: writes the weights, images and labels that all peers use, then computes what it
// is told on standard input and answers with the seconds that took.
//
//     lpntk_peer <folder> <threads> <images> [folder with MNIST]
//
// A line "kernel 1024 file.npy", "epoch 10000 -" or "forward 256 -" is answered with "ok <seconds> <value>"; the kernel
// goes to the file unless that is "-"; the value of an epoch is the accuracy after it. These are of LeNet; those of
// ResNet-18, on images of noise, are called "resnet18_kernel" and so on, after "resnet18_write 256 -", those with batch
// normalisation "normalised_resnet18_kernel". "cover 10000 file.npy" is facility location, a tenth of the samples
// chosen, on the MLP's lpNTK without its negative entries, which goes to the file; the value is the objective.
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <string>
#include <utility>

#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/io/npy.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/nn/train.hpp>
#include <lpntk/select/greedy_cover.hpp>

#include "support/peak.hpp"
#include "support/workloads.hpp"

namespace {

using lpntk::index_t;

lpntk::dataset<float> first(const lpntk::dataset<float>& data, index_t samples) {
    std::vector<index_t> indices(static_cast<std::size_t>(samples));
    for (index_t i = 0; i < samples; ++i) indices[static_cast<std::size_t>(i)] = i;
    return lpntk::subset(data, indices);
}

template <class Network>
double kernel(const lpntk::dataset<float>& data, int threads, const std::string& file) {
    const auto& net = bench::network<Network>();
    const bench::stopwatch watch;
    const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{}, {.threads = threads});
    const auto kappa = lpntk::gram(phi, {.threads = threads});
    const double seconds = watch.seconds();
    if (file != "-") lpntk::io::write_npy(file, kappa);
    return seconds;
}

template <class Network>
double epoch(const lpntk::dataset<float>& data, int threads, double& accuracy) {
    auto net = Network::make();
    const bench::stopwatch watch;
    lpntk::nn::train(net, data, {.epochs = 1, .learning_rate = 0.01F, .batch = 128, .threads = threads});
    const double seconds = watch.seconds();
    accuracy = lpntk::nn::accuracy(net, data, threads);
    return seconds;
}

template <class Network>
double forward(const lpntk::dataset<float>& data, int threads, double& value) {
    const auto& net = bench::network<Network>();
    const bench::stopwatch watch;
    value = net.logits(data.inputs, threads)(0, 0);
    return watch.seconds();
}

double cover(index_t samples, int threads, const std::string& file, double& objective) {
    static lpntk::matrix_similarity<float> kappa(lpntk::matrix<float>::Zero(1, 1));
    if (kappa.size() != samples) {
        const auto phi = lpntk::tangent_features(bench::network<bench::mlp>(), bench::images(samples),
                                                 lpntk::label_signs{}, {.threads = threads});
        lpntk::matrix<float> positive = lpntk::gram(phi, {.threads = threads}).dense().cwiseMax(0.0F);
        if (file != "-") lpntk::io::write_npy(file, positive);
        kappa = lpntk::matrix_similarity<float>(std::move(positive));
    }
    const bench::stopwatch watch;
    const auto chosen = lpntk::greedy_cover{.count = samples / 10, .threads = threads}.with_gains(kappa);
    const double seconds = watch.seconds();
    objective = std::accumulate(chosen.gains.begin(), chosen.gains.end(), 0.0);
    return seconds;
}

template <class Network>
void write(const std::filesystem::path& folder, const std::string& prefix, const lpntk::dataset<float>& data) {
    lpntk::io::write_npy(folder / (prefix + "weights.npy"), bench::network<Network>().weights());
    lpntk::io::write_npy(folder / (prefix + "images.npy"), data.inputs);
    lpntk::io::write_npy(folder / (prefix + "labels.npy"),
                         std::vector<index_t>(data.labels.begin(), data.labels.end()));
}

template <class Network>
double run(const std::string& task, const lpntk::dataset<float>& data, int threads, const std::string& file,
           double& value) {
    if (task == "kernel") return kernel<Network>(data, threads, file);
    if (task == "epoch") return epoch<Network>(data, threads, value);
    if (task == "forward") return forward<Network>(data, threads, value);
    if (task == "peak") value = bench::fma_peak(threads);
    return 0;
}

void serve(const std::filesystem::path& folder, const lpntk::dataset<float>& data, int threads) {
    std::cout << "ready lpntk, vectors of " << lpntk::micro::vector_bytes << " bytes" << std::endl;
    std::string task, file;
    for (index_t samples = 0; std::cin >> task >> samples >> file;) {
        double value = 0, seconds = 0;
        const auto by = [&]<class Network>(Network, const std::string& prefix) {
            if (task.rfind(prefix, 0) != 0) return false;
            const auto noise = bench::images_for<Network>(samples);
            const std::string what = task.substr(prefix.size());
            if (what == "write") write<Network>(folder, prefix, noise);
            seconds = run<Network>(what, noise, threads, file, value);
            return true;
        };
        if (task == "cover")
            seconds = cover(samples, threads, file, value);
        else if (!by(bench::resnet18{}, "resnet18_") && !by(bench::normalised_resnet18{}, "normalised_resnet18_"))
            seconds = run<bench::lenet>(task, first(data, samples), threads, file, value);
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
    write<bench::lenet>(folder, "", data);
    serve(folder, data, threads);
} catch (const std::exception& error) {
    std::cerr << "lpntk_peer: " << error.what() << '\n';
    return 1;
}
