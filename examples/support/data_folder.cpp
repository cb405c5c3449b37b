#include "support/data_folder.hpp"

#include <string>
#include <system_error>
#include <vector>

#include <lpntk/core/require.hpp>

namespace examples {

namespace {

namespace fs = std::filesystem;

struct known_set {
    image_set set;
    const char* name;
    const char* folder;                 ///< in which it may be; null: none
    std::vector<std::string> prefixes;  ///< of the files by which it is known
    const char* files;                  ///< all that are needed
};

const std::vector<known_set>& known_sets() {
    static const std::vector<known_set> sets{
        {image_set::mnist,
         "MNIST",
         "mnist",
         {"train-", "train.", "t10k-", "t10k."},
         "train-images-idx3-ubyte, train-labels-idx1-ubyte and the same of t10k-, plain or .gz"},
        {image_set::cifar10,
         "CIFAR-10",
         "cifar10",
         {"data_batch_", "test_batch"},
         "data_batch_1.bin to data_batch_5.bin, or the first of them, and test_batch.bin"},
        {image_set::arrays, "NumPy's arrays", nullptr, {"images.npy", "labels.npy"}, "images.npy and labels.npy"},
    };
    return sets;
}

bool is_of(const known_set& known, const std::string& file) {
    for (const std::string& prefix : known.prefixes)
        if (file.starts_with(prefix)) return true;
    return false;
}

}  // namespace

data_folder recognised(const fs::path& data, numpy_arrays arrays) {
    const auto require = [&](bool holds, const std::string& problem) {
        if (!holds) throw lpntk::file_error("--data " + data.string(), problem);
    };
    std::error_code failure;
    const bool there = fs::exists(data, failure);
    require(!failure, "cannot be read: " + failure.message());
    require(there, "there is no such folder");
    require(fs::is_directory(data, failure), "is not a folder; name the one that holds the images' files");
    std::vector<data_folder> found;
    std::string names, needed;
    for (const known_set& known : known_sets()) {
        if (known.set == image_set::arrays && arrays == numpy_arrays::unknown) continue;
        const fs::path below = known.folder != nullptr ? data / known.folder : data;
        const fs::path folder = fs::is_directory(below, failure) ? below : data;
        bool holds = false;
        fs::directory_iterator entry(folder, failure);
        for (const fs::directory_iterator end; !failure && entry != end; entry.increment(failure))
            holds = holds || is_of(known, entry->path().filename().string());
        require(!failure, "cannot be read: " + failure.message());
        needed += std::string(needed.empty() ? "" : "; ") + known.name + " is " + known.files;
        if (!holds) continue;
        found.push_back({folder, known.set});
        names += std::string(names.empty() ? "" : " and ") + known.name;
    }
    require(!found.empty(), std::string("holds ") +
                                (arrays == numpy_arrays::known ? "neither MNIST nor CIFAR-10 nor NumPy's arrays: "
                                                               : "neither MNIST nor CIFAR-10: ") +
                                needed);
    require(found.size() == 1, "holds " + names + ": name a folder that holds one of them");
    return found.front();
}

}  // namespace examples
