#pragma once

#include <filesystem>
#include <string>

#include <lpntk/core/dataset.hpp>

#include "support/pixels.hpp"

namespace inspect {

inline constexpr int most_classes = 1000;

/// Images and labels of two .npy files.
struct npy_images {
    lpntk::dataset<float> data;  ///< channels last, each channel of mean 0 and deviation 1 over all images
    examples::pixel_scaling scaling;
    std::string understood;  ///< the shape and the range of the numbers, as they were taken
};

/// Images of uint8, float32 or float64, N x H x W, N x H x W x C or N x C x H x W with C = 1 or 3, and labels, N
/// integers.
///
/// Black to white is 0 to 255 for uint8; for floats it is 0 to 1 where all are in it, 0 to 255 where all are in that
/// and the largest is 16 at least, else from the smallest to the largest. Throws lpntk::file_error, which says what
/// would do, for other types and axes, a shape that can be read with channels first and last, Fortran order, NaN,
/// infinity, images that are all one colour, labels that are negative, 1000 or more, or not as many as images.
npy_images read_npy_images(const std::filesystem::path& images, const std::filesystem::path& labels);

}  // namespace inspect
