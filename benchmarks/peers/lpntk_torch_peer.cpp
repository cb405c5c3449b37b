// The library's side of the comparison on a network of PyTorch: the TorchScript file that the peer wrote, unchanged, as
// a Jacobian provider.
//
//     lpntk_torch_peer <folder> <threads>
//
// reads resnet18.pt, resnet18_images.npy and resnet18_labels.npy. A line "kernel 512 file.npy" is answered with
// "ok <seconds> 0"; the kernel goes to the file unless that is "-".
#include <lpntk/torch/torchscript.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <lpntk/io/npy.hpp>
#include <lpntk/io/npy_integers.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>

#include "support/peak.hpp"

namespace {

using lpntk::index_t;

/// Rows of channels last (height, width, channels) with channels first, as PyTorch takes them.
lpntk::matrix<float> channels_first(const lpntk::matrix<float>& images, index_t channels) {
    lpntk::matrix<float> turned(images.rows(), images.cols());
    const index_t pixels = images.cols() / channels;
    for (index_t i = 0; i < images.rows(); ++i)
        for (index_t c = 0; c < channels; ++c)
            for (index_t p = 0; p < pixels; ++p) turned(i, c * pixels + p) = images(i, p * channels + c);
    return turned;
}

void serve(const std::filesystem::path& folder, int threads) {
    const auto net = lpntk::load_torchscript<float>(folder / "resnet18.pt", at::randn({2, 3, 32, 32}));
    const auto images = channels_first(lpntk::io::read_npy<float>(folder / "resnet18_images.npy"), 3);
    const auto labels = lpntk::io::read_npy_labels(folder / "resnet18_labels.npy", 10);
    std::cout << "ready lpntk over libtorch" << std::endl;
    std::string task, file;
    for (index_t samples = 0; std::cin >> task >> samples >> file;) {
        const bench::stopwatch watch;
        const auto phi = lpntk::tangent_features(net, images.topRows(samples),
                                                 std::span(labels).first(static_cast<std::size_t>(samples)),
                                                 lpntk::label_signs{}, {.threads = threads});
        const auto kappa = lpntk::gram(phi, {.threads = threads});
        const double seconds = watch.seconds();
        if (file != "-") lpntk::io::write_npy(file, kappa);
        std::cout << "ok " << seconds << " 0" << std::endl;
    }
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: lpntk_torch_peer <folder> <threads>\n";
        return 2;
    }
    serve(argv[1], std::atoi(argv[2]));
} catch (const std::exception& error) {
    std::cerr << "lpntk_torch_peer: " << error.what() << '\n';
    return 1;
}
