// Weights, kernels, labels and kept indices to .npy files and back; NumPy reads and writes the same files.
#include <lpntk/lpntk.hpp>

#include <filesystem>
#include <iostream>

namespace nn = lpntk::nn;
namespace io = lpntk::io;

int main() {
    const auto folder = std::filesystem::temp_directory_path() / "lpntk_save_and_load";
    std::filesystem::create_directories(folder);
    lpntk::dataset<float> data{lpntk::matrix<float>::Random(60, 8), {}, 3, {1, 1, 8}};
    for (int i = 0; i < 60; ++i) data.labels.push_back(i % 3);
    auto net = nn::mlp<float>({8, 16, 3}, 1);
    nn::train(net, data, {.epochs = 2});

    io::write_npy(folder / "state.npy", net.state());  // weights, and running statistics where there are any
    const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{});
    const auto kappa = lpntk::gram(phi);
    io::write_npy(folder / "kappa.npy", kappa);  // N x N, row by row
    const auto kept = lpntk::drop_redundant{
        .ratio = 0.5, .seed = 7}(lpntk::by_class(phi, data, lpntk::farthest_points{.share = 0.2}));
    io::write_npy(folder / "kept.npy", kept);  // np.load("kept.npy") indexes arrays

    auto again = nn::mlp<float>({8, 16, 3}, 99);  // the same network, other weights
    again.set_state(io::read_npy_vector<float>(folder / "state.npy"));
    const auto matrix = io::read_npy<float>(folder / "kappa.npy");
    const auto smaller = lpntk::subset(data, io::read_npy_indices(folder / "kept.npy"));
    std::cout << "read back: " << again.parameters() << " weights, a " << matrix.rows() << " x " << matrix.cols()
              << " kernel, " << smaller.size() << " samples\n";
    std::filesystem::remove_all(folder);
    return again.weights() == net.weights() && matrix == kappa.dense() && smaller.size() == kept.size() ? 0 : 1;
}
