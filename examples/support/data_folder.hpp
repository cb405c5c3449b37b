#pragma once

#include <filesystem>

namespace examples {

enum class image_set { mnist, cifar10, arrays };

/// A folder with the files of one set.
struct data_folder {
    std::filesystem::path path;
    image_set holds;
};

/// Whether images.npy and labels.npy are known, too.
enum class numpy_arrays { unknown, known };

/// What --data names, known by its files: the folder itself, or mnist/ or cifar10/ in it. Throws lpntk::file_error,
/// which says what is wrong, when it cannot be read or holds none of the sets, or two.
data_folder recognised(const std::filesystem::path& data, numpy_arrays arrays = numpy_arrays::unknown);

}  // namespace examples
