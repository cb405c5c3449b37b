#pragma once

#include <cstdint>
#include <string>

#include <lpntk/nn/augment.hpp>

#include "support/any_network.hpp"
#include "support/data.hpp"
#include "support/options.hpp"

namespace examples {

/// The networks that a program makes, one for each seed, and what goes with them in training.
struct network_kind {
    std::string name;   ///< as --network has it
    std::string title;  ///< as pictures have it
    lpntk::image_shape input;
    lpntk::index_t classes = 10;
    float learning_rate = 0;                      ///< of standard_training
    bool normalised = false;                      ///< by batch_norm
    lpntk::nn::augmentation<float> augment = {};  ///< none unless --augment asks for it

    /// Throws lpntk::argument_error when the images are too small for it.
    any_network operator()(std::uint64_t seed) const;
};

/// --network, --normalisation and --augment, of the programs that train a network of the user's choice. They must
/// outlive the parsing.
class network_options {
public:
    explicit network_options(options& shared);
    network_options(const network_options&) = delete;
    network_options& operator=(const network_options&) = delete;

    /// What was asked for, for these images; throws lpntk::argument_error when a network has no such normalisation.
    /// Without --network LeNet for grey images, a small ResNet for coloured ones;
    /// --augment shifts by up to an eighth of the width, and flips images that are no digits.
    network_kind kind_for(const images& data) const;

private:
    std::string network_ = "default", normalisation_ = "none";
    bool augment_ = false;
};

}  // namespace examples
