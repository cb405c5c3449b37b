#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "inspect/collection.hpp"
#include "support/any_model.hpp"
#include "support/networks.hpp"
#include "support/options.hpp"
#include "support/results.hpp"

namespace inspect {

/// The model whose kernels are looked at.
struct chosen_model {
    std::string name;   ///< as summary.json has it
    std::string title;  ///< as the report has it
    int epochs;         ///< of the training that it needs; 0: it is loaded
    examples::any_model model;
    std::function<examples::any_model(examples::results&)> train;  ///< none: it is loaded
};

/// --network and what goes with it, --epochs, --weights, --torchscript, --pixels. It must outlive the parsing.
class model_options {
public:
    explicit model_options(examples::options& shared);

    /// Made for the collection, which it refers to, and loaded where there is something to load. Throws
    /// lpntk::argument_error for options that do not go together, and files that do not go with them or the images;
    /// lpntk::file_error for files that cannot be read.
    chosen_model choose(const collection& of) const;

private:
    chosen_model to_be_trained(const collection& of) const;
    chosen_model with_weights(const collection& of) const;
    chosen_model from_torchscript(const collection& of) const;

    const examples::options& shared_;
    examples::network_options networks_;
    std::filesystem::path weights_, torchscript_;
    std::string pixels_ = "default";
    int epochs_ = 4;
};

}  // namespace inspect
