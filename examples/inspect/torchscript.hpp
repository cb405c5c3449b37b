#pragma once

#include <filesystem>
#include <string>

#include "support/any_model.hpp"
#include "support/data.hpp"

namespace inspect {

/// The numbers that a network of PyTorch takes.
enum class network_pixels {
    file,     ///< as the files have them
    unit,     ///< brightness in [0, 1]
    standard  ///< each channel as the collection has it, of mean 0 and deviation 1
};

/// The network of a file that torch.jit.save wrote, as a model of the collection's images: it gets them with channels
/// first, and its pixels. Throws lpntk::file_error when it is no TorchScript file, lpntk::argument_error when the
/// network cannot take the images, has not as many outputs as there are classes, or is refused by lpntk::torch_model;
/// also when the program is built without libtorch.
examples::any_model load_torchscript(const std::filesystem::path& file, const examples::images& images,
                                     network_pixels pixels);

}  // namespace inspect
