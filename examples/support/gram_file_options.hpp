#pragma once

#include <filesystem>

#include "support/any_network.hpp"
#include "support/data.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"

namespace examples {

/// --network, --epochs, --weights, --file and --resume, of the programs that write a kernel to a file. They must
/// outlive the parsing.
class gram_file_options {
public:
    explicit gram_file_options(options& shared);
    gram_file_options(const gram_file_options&) = delete;
    gram_file_options& operator=(const gram_file_options&) = delete;

    bool resume = false;  ///< --resume

    /// Whether the file --weights is there, so that nothing has to be trained.
    bool is_trained() const;
    int epochs() const { return epochs_; }  ///< of a training

    /// Where the kernel goes: --file, or else kappa.npy in the folder.
    std::filesystem::path file_in(const std::filesystem::path& folder) const;

    /// The network that was asked for, as it is made.
    any_network untrained(const images& data, const options& shared) const;

    /// The same as the file --weights has it; trained, and kept there, when there is no such file.
    any_network trained(const images& data, const options& shared) const;

private:
    network_options networks_;
    int epochs_ = 5;
    std::filesystem::path file_, weights_;
};

}  // namespace examples
