#pragma once

#include <filesystem>
#include <string>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/io/idx.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Mean and standard deviation of MNIST's training pixels on [0, 1]: what its images are scaled by.
inline constexpr float mnist_mean = 0.1307F;
inline constexpr float mnist_deviation = 0.3081F;  ///< what its images, less the mean, are divided by

namespace detail {

/// The file of this name in `folder`, in one of the spellings under which MNIST is handed around.
inline std::filesystem::path find_idx(const std::filesystem::path& folder, const std::string& stem,
                                      const std::string& kind) {
    for (const char* joint : {"-", "."})
        for (const char* packed : {"", ".gz"}) {
            const std::filesystem::path file = folder / (stem + joint + kind + "-ubyte" + packed);
            if (std::filesystem::exists(file)) return file;
        }
    throw file_error(folder.string(), "holds no " + stem + "-" + kind + "-ubyte, plain or .gz");
}

}  // namespace detail

/// Reads MNIST, or any set in its layout, from its two IDX files in `folder`: train-images-idx3-ubyte and
/// train-labels-idx1-ubyte, or t10k-..., plain or .gz. Pixels become (x / 255 - 0.1307) / 0.3081.
/// Throws file_error when the folder or a file is missing, broken or empty, unpacks to more than `limit`, or when there
/// are not as many labels as images; memory_error when there is no room. Takes 4 bytes a pixel, 188 MB for the 60,000
/// training images, and a fifth while it reads.
inline dataset<float> read_mnist(const std::filesystem::path& folder, split part, unpack_limit limit = {}) {
    if (!std::filesystem::is_directory(folder))
        throw file_error(folder.string(), std::filesystem::exists(folder) ? "is not a directory" : "no such directory");
    const std::string stem = part == split::train ? "train" : "t10k";
    const auto images_file = detail::find_idx(folder, stem + "-images", "idx3");
    const auto labels_file = detail::find_idx(folder, stem + "-labels", "idx1");
    const idx_images images = read_idx_images(images_file, limit);
    if (images.count == 0) throw file_error(images_file.string(), "holds no images");
    dataset<float> data{{}, read_idx_labels(labels_file, 10, limit), 10, {images.height, images.width, 1}};
    if (static_cast<index_t>(data.labels.size()) != images.count)
        throw file_error(labels_file.string(), "has " + std::to_string(data.labels.size()) + " labels for " +
                                                   std::to_string(images.count) + " images");
    const Eigen::Map<const matrix<std::uint8_t>> pixels(images.pixels.data(), images.count, data.shape.size());
    lpntk::with_memory(images_file.string() + ": the images", images.pixels.size() * sizeof(float),
                       [&] { data.inputs = (pixels.cast<float>().array() / 255.0F - mnist_mean) / mnist_deviation; });
    return data;
}

}  // namespace lpntk::io
