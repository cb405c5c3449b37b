#include "inspect/model.hpp"

#include <initializer_list>
#include <utility>

#include <lpntk/core/require.hpp>
#include <lpntk/io/safetensors.hpp>
#include <lpntk/nn/train.hpp>

#include "inspect/torchscript.hpp"
#include "support/progress_bar.hpp"
#include "support/training.hpp"

namespace inspect {

using examples::any_network;

model_options::model_options(examples::options& shared) : shared_(shared), networks_(shared) {
    shared.add("--epochs", epochs_, "epochs of training", 1, 1000);
    shared.add_input("--weights", weights_, "weights to load instead of training (.safetensors)");
    shared.add_input("--torchscript", torchscript_, "a network of PyTorch to load, as torch.jit.save wrote it (.pt)");
    shared.add_choice("--pixels", pixels_,
                      "what the network of --torchscript takes: the numbers of the files, brightness in [0, 1], or "
                      "each channel of mean 0 and deviation 1; default: file for images.npy, else standard",
                      {"default", "file", "unit", "standard"});
}

chosen_model model_options::choose(const collection& of) const {
    const auto excludes = [&](const char* flag, std::initializer_list<const char*> others, const char* why) {
        for (const char* other : others)
            if (shared_.given(other))
                throw lpntk::argument_error(std::string(flag) + " leaves no use for " + other + ": " + why);
    };
    if (!torchscript_.empty()) {
        excludes("--torchscript", {"--weights", "--epochs", "--network", "--normalisation", "--augment"},
                 "the file holds the network and its weights");
        return from_torchscript(of);
    }
    if (shared_.given("--pixels")) throw lpntk::argument_error("--pixels is for networks of --torchscript");
    if (weights_.empty()) return to_be_trained(of);
    excludes("--weights", {"--epochs", "--augment"}, "nothing is trained then");
    return with_weights(of);
}

chosen_model model_options::to_be_trained(const collection& of) const {
    const examples::network_kind kind = networks_.kind_for(of.images);
    any_network net = kind(shared_.seed);
    auto train = [this, kind, net, &of](examples::results& results) mutable {
        auto how = examples::standard_training(kind, epochs_, shared_.seed, shared_.threads);
        how.report = examples::progress_bar("train", of.size() * epochs_);
        lpntk::nn::train(net, of.data(), how);
        lpntk::io::write_safetensors(results.file("network.safetensors"), net.stored());
        return net;
    };
    return {kind.name, kind.title, epochs_, std::move(net), std::move(train)};
}

chosen_model model_options::with_weights(const collection& of) const {
    const examples::network_kind kind = networks_.kind_for(of.images);
    any_network net = kind(shared_.seed);
    try {
        net.load(lpntk::io::read_safetensors(weights_));
    } catch (const lpntk::argument_error& failure) {
        throw lpntk::argument_error("--weights " + weights_.string() + " are not of --network " + kind.name + ": " +
                                    failure.what());
    }
    return {kind.name, kind.title, 0, std::move(net), {}};
}

chosen_model model_options::from_torchscript(const collection& of) const {
    const std::string pixels = pixels_ != "default" ? pixels_ : of.usual_scaling ? "standard" : "file";
    const auto takes = pixels == "file"   ? network_pixels::file
                       : pixels == "unit" ? network_pixels::unit
                                          : network_pixels::standard;
    return {"torchscript",
            torchscript_.filename().string() + ", pixels: " + pixels,
            0,
            load_torchscript(torchscript_, of.images, takes),
            {}};
}

}  // namespace inspect
