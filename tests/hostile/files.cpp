// Reads or writes one file, for the scripts beside this one:   files write FILE COUNT | files KIND FILE
// 0: done; 2: lpntk::file_error; 3: lpntk::memory_error, each with its message; others escape.
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <lpntk/io/cifar10.hpp>
#include <lpntk/io/mnist.hpp>
#include <lpntk/io/npy.hpp>

namespace io = lpntk::io;
using path = std::filesystem::path;

int main(int count, char** arguments) try {
    const std::map<std::string, std::function<void(const path&)>> readers = {
        {"npy_matrix", [](const path& file) { io::read_npy<float>(file); }},
        {"npy_vector", [](const path& file) { io::read_npy_vector<double>(file); }},
        {"npy_labels", [](const path& file) { io::read_npy_labels(file, 10); }},
        {"npy_indices", [](const path& file) { io::read_npy_indices(file); }},
        {"idx_images", [](const path& file) { io::read_idx_images(file); }},
        {"idx_labels", [](const path& file) { io::read_idx_labels(file); }},
        {"mnist", [](const path& folder) { io::read_mnist(folder, io::split::train); }},
        {"cifar10", [](const path& folder) { io::read_cifar10(folder, io::split::test); }},
    };
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.at(0) == "write")
        io::write_npy(words.at(1), std::vector<lpntk::index_t>(std::stoul(words.at(2)), 7));
    else
        readers.at(words.at(0))(words.at(1));
    return 0;
} catch (const lpntk::file_error& failure) {
    std::puts(failure.what());
    return 2;
} catch (const lpntk::memory_error& failure) {
    std::puts(failure.what());
    return 3;
}
