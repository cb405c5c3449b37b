#include "inspect/collection.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <span>

#include <lpntk/core/random.hpp>
#include <lpntk/core/require.hpp>
#include <lpntk/io/byte_source.hpp>
#include <lpntk/io/cifar10.hpp>
#include <lpntk/io/mnist.hpp>

#include "inspect/npy_images.hpp"
#include "support/data_folder.hpp"
#include "support/digits.hpp"

namespace inspect {

namespace {

namespace fs = std::filesystem;
constexpr index_t digits_drawn = 2000;

void read_images(const examples::options& options, collection& to, std::vector<std::string>& names) {
    auto& [name, scaling, train, validation, test] = to.images;
    if (options.data.empty()) {
        name = "built-in digits";
        to.understood = "digits that the program draws itself";
        train = examples::make_digits({std::min(options.samples, digits_drawn), options.seed, 0, options.threads});
        return;
    }
    const auto [folder, set] = examples::recognised(options.data, examples::numpy_arrays::known);
    switch (set) {
        case examples::image_set::mnist:
            name = "MNIST";
            to.understood = "training images of MNIST's format";
            train = lpntk::io::read_mnist(folder, lpntk::io::split::train);
            break;
        case examples::image_set::cifar10:
            name = "CIFAR-10";
            to.understood = "training images of CIFAR-10's format";
            scaling = examples::cifar10_scaling;
            train = lpntk::io::read_cifar10(folder, lpntk::io::split::train);
            if (const fs::path own = folder / "batches.meta.txt"; names.empty() && fs::exists(own))
                names = read_names(own);
            break;
        case examples::image_set::arrays:
            name = utf8(fs::absolute(folder / "").lexically_normal().parent_path().filename().string());
            npy_images read = read_npy_images(folder / "images.npy", folder / "labels.npy");
            to.understood = std::move(read.understood);
            scaling = read.scaling;
            to.usual_scaling = false;
            train = std::move(read.data);
    }
}

/// Keeps so many samples, drawn at random, in the order of the files.
void draw_samples(index_t count, std::uint64_t seed, collection& to) {
    to.origin.resize(static_cast<std::size_t>(to.size()));
    std::iota(to.origin.begin(), to.origin.end(), index_t{0});
    if (count >= to.size()) return;
    lpntk::random_stream random(seed);
    to.origin = lpntk::random_choice(to.origin, count, random);
    std::sort(to.origin.begin(), to.origin.end());
    to.images.train = lpntk::subset(to.images.train, std::span<const index_t>(to.origin));
}

void name_classes(std::vector<std::string> names, const fs::path& file, collection& to) {
    lpntk::dataset<float>& data = to.images.train;
    const auto count = static_cast<int>(names.size());
    if (names.empty()) {
        for (int c = 0; c < data.classes; ++c) names.push_back(std::to_string(c));
    } else {
        lpntk::require(count >= data.classes && count <= most_classes,
                       file.empty() ? "batches.meta.txt" : file.string(), "number of names of classes", names.size(),
                       "in [" + std::to_string(data.classes) + ", " + std::to_string(most_classes) +
                           "]: the largest label is " + std::to_string(data.classes - 1));
        data.classes = count;
    }
    to.classes = std::move(names);
}

}  // namespace

collection read_collection(const examples::options& options, const fs::path& file) {
    collection found;
    std::vector<std::string> names;
    if (!file.empty()) names = read_names(file);
    read_images(options, found, names);
    name_classes(std::move(names), file, found);
    draw_samples(options.samples, options.seed, found);
    const std::set<int> present(found.data().labels.begin(), found.data().labels.end());
    lpntk::require(present.size() >= 2, found.images.name, "number of classes that have samples", present.size(),
                   ">= 2");
    return found;
}

std::vector<std::string> read_names(const fs::path& file) {
    lpntk::io::byte_source source(file);
    const auto bytes = source.read_rest("the names");
    std::vector<std::string> names(1);
    for (const std::uint8_t byte : bytes) {
        if (byte == '\n')
            names.emplace_back();
        else if (byte != '\r')
            names.back() += static_cast<char>(byte);
    }
    while (!names.empty() && names.back().empty()) names.pop_back();
    if (names.empty()) source.fail("holds no names");
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) source.fail("line " + std::to_string(i + 1) + " is empty: one name a line");
        if (utf8(names[i]) != names[i]) source.fail("line " + std::to_string(i + 1) + " is no UTF-8");
    }
    return names;
}

std::string utf8(const std::string& text) {
    using json = examples::json;
    return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

}  // namespace inspect
