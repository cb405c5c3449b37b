// The lpNTK of a network that PyTorch saved: clusters, a kept subset, and the kernel as .npy.
//
//     python3 export_model.py out                                        # net.pt, images.npy, labels.npy
//     torchscript_model out/net.pt out/images.npy out/labels.npy --shape 1x28x28 --out out
#include <lpntk/torch/torchscript.hpp>

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <lpntk/lpntk.hpp>

int main(int argc, char** argv) {
    std::filesystem::path module, images, labels_file, out = ".";
    std::vector<int64_t> shape;
    double ratio = 0.9;
    CLI::App app("Clusters a training set by the lpNTK of a TorchScript network and drops what is redundant");
    app.add_option("module", module, "the network, as torch.jit.save wrote it, in eval mode")->required();
    app.add_option("images", images, "N x D float32 .npy, a sample a row")->required();
    app.add_option("labels", labels_file, "N integers .npy")->required();
    app.add_option("--shape", shape, "of one sample as the network takes it, 3x32x32")->delimiter('x')->required();
    app.add_option("--ratio", ratio, "fraction of the samples to keep")->check(CLI::Range(0.01, 1.0));
    app.add_option("--out", out, "folder for kappa.npy and kept.npy");
    CLI11_PARSE(app, argc, argv);
    try {
        lpntk::dataset<float> data{lpntk::io::read_npy<float>(images), {}, 0, {}};
        for (const auto label : lpntk::io::read_npy_indices(labels_file))
            data.labels.push_back(static_cast<int>(label));

        shape.insert(shape.begin(), 2);
        const auto net = lpntk::load_torchscript<float>(module, at::randn(shape));
        data.classes = static_cast<int>(net.outputs());
        data.shape = {1, 1, net.inputs()};
        const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{});
        const auto clusters = lpntk::by_class(phi, data, lpntk::farthest_points{.share = 0.1});
        const auto kept = lpntk::drop_redundant{.ratio = ratio, .seed = 1}(clusters);

        std::filesystem::create_directories(out);
        lpntk::io::write_npy(out / "kappa.npy", lpntk::gram(phi));
        lpntk::io::write_npy(out / "kept.npy", kept);
        std::cout << net.part_layouts().size() << " parameters, " << net.parameters() << " numbers; kept "
                  << kept.size() << " of " << data.size() << " samples\n";
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << "\n";
        return 1;
    }
    return 0;
}
