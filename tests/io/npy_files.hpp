#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"

// .npy files for the tests of io/.
namespace test {

/// A .npy file with this dictionary, padded as NumPy does, and these numbers.
template <class T>
bytes npy(std::string dictionary, const std::vector<T>& numbers, int version = 1, int minor = 0) {
    const std::size_t prefix = version == 1 ? 10 : 12;
    while ((prefix + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
    dictionary += '\n';
    bytes file{0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), static_cast<std::uint8_t>(minor)};
    for (std::size_t i = 8; i < prefix; ++i)
        file.push_back(static_cast<std::uint8_t>(i < 10 ? dictionary.size() >> (8 * (i - 8)) : 0));
    file.insert(file.end(), dictionary.begin(), dictionary.end());
    const std::size_t before = file.size();
    file.resize(before + numbers.size() * sizeof(T));
    if (!numbers.empty()) std::memcpy(file.data() + before, numbers.data(), numbers.size() * sizeof(T));
    return file;
}

/// What a .npy header says, as NumPy spells it.
inline std::string dictionary(const std::string& type, const std::string& order, const std::string& shape) {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

/// A file that NumPy wrote.
inline std::filesystem::path numpy_file(const std::string& name) {
    return std::filesystem::path(LPNTK_TEST_DATA) / "npy" / (name + ".npy");
}

}  // namespace test
