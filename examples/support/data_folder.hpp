#pragma once

#include <filesystem>

namespace examples {

enum class image_set { mnist, cifar10 };

/// A folder with the files of one set.
struct data_folder {
    std::filesystem::path path;
    image_set holds;
};

/// What --data names, known by its files: the folder itself, or mnist/ or cifar10/ in it. Throws lpntk::file_error,
/// which says what is wrong, when it cannot be read or holds neither of the sets, or both.
data_folder recognised(const std::filesystem::path& data);

}  // namespace examples
