#include "support/gram_file_options.hpp"

#include <lpntk/io/npy.hpp>
#include <lpntk/nn/train.hpp>

#include "support/progress_bar.hpp"
#include "support/training.hpp"

namespace examples {

gram_file_options::gram_file_options(options& shared) : networks_(shared) {
    shared.add("--epochs", epochs_, "epochs of training before the kernel is taken", 0, 1000);
    shared.add_file("--weights", weights_, "the network's state: read if it is there, else trained and written");
    shared.add_file("--file", file_, "the kernel, N x N; default: kappa.npy in the --out folder");
    shared.add_flag("--resume", resume, "go on with an unfinished file, if there is one");
}

std::filesystem::path gram_file_options::file_in(const std::filesystem::path& folder) const {
    return file_.empty() ? folder / "kappa.npy" : file_;
}

any_network gram_file_options::untrained(const images& data, const options& shared) const {
    return networks_.kind_for(data)(shared.seed);
}

bool gram_file_options::is_trained() const { return !weights_.empty() && std::filesystem::exists(weights_); }

any_network gram_file_options::trained(const images& data, const options& shared) const {
    any_network net = untrained(data, shared);
    if (is_trained()) {
        net.set_state(lpntk::io::read_npy_vector<float>(weights_));
        return net;
    }
    if (epochs_ > 0) {
        auto training = standard_training(networks_.kind_for(data), epochs_, shared.seed, shared.threads);
        training.report = progress_bar("train", data.train.size() * epochs_);
        lpntk::nn::train(net, data.train, training);
    }
    if (!weights_.empty()) lpntk::io::write_npy(weights_, net.state());
    return net;
}

}  // namespace examples
