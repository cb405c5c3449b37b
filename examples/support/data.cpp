#include "support/data.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string>

#include <lpntk/core/random.hpp>
#include <lpntk/core/require.hpp>
#include <lpntk/io/cifar10.hpp>
#include <lpntk/io/mnist.hpp>

#include "support/data_folder.hpp"
#include "support/digits.hpp"

namespace examples {

namespace {

using lpntk::dataset;
using lpntk::index_t;

constexpr std::uint64_t train_part = 0;  // item numbers of the random streams
constexpr std::uint64_t validation_part = std::uint64_t{1} << 40U;
constexpr std::uint64_t test_part = std::uint64_t{1} << 41U;

images built_in_digits(const options& options, split_sizes sizes) {
    constexpr std::uint64_t test_seed = 0;  // the same test digits whatever the seed
    const auto part = [&](index_t count, std::uint64_t seed, std::uint64_t first) {
        return make_digits({.count = count, .seed = seed, .first = first, .threads = options.threads});
    };
    return {"built-in digits",
            {},
            part(std::max(options.samples, sizes.choose_from), options.seed, train_part),
            sizes.validation > 0 ? part(sizes.validation, options.seed, validation_part) : dataset<float>(),
            part(sizes.test > 0 ? sizes.test : 2000, test_seed, test_part)};
}

/// The samples of these indices, in ascending order.
dataset<float> pick(const dataset<float>& from, std::span<index_t> indices) {
    std::sort(indices.begin(), indices.end());
    return lpntk::subset(from, std::span<const index_t>(indices));
}

std::vector<index_t> all_indices(const dataset<float>& of) {
    std::vector<index_t> indices(static_cast<std::size_t>(of.size()));
    std::iota(indices.begin(), indices.end(), index_t{0});
    return indices;
}

/// The set in the folder that --data names.
images from_files(const options& options, split_sizes sizes) {
    const auto [folder, set] = recognised(options.data);
    const bool coloured = set == image_set::cifar10;
    const auto read = [&, &path = folder](lpntk::io::split part) {
        return coloured ? lpntk::io::read_cifar10(path, part) : lpntk::io::read_mnist(path, part);
    };
    const dataset<float> all = read(lpntk::io::split::train), test = read(lpntk::io::split::test);
    const auto at_most = [&, &path = folder](const char* what, index_t wanted, index_t there) {
        lpntk::require(wanted <= there, path.string(), what, wanted, "at most " + std::to_string(there));
    };
    at_most("number of training samples", options.samples, all.size());
    const bool spare = options.samples + sizes.validation <= all.size();
    at_most(spare ? "number of test samples" : "number of test and validation samples",
            spare ? sizes.test : std::max<index_t>(sizes.test, 1) + sizes.validation, test.size());
    const index_t others = spare ? sizes.validation : 0;
    const auto validation = static_cast<std::size_t>(sizes.validation);
    const auto samples = static_cast<std::size_t>(
        std::clamp(sizes.choose_from, options.samples, std::max(options.samples, all.size() - others)));

    auto order = all_indices(all), held_out = all_indices(test);
    lpntk::random_stream(options.seed, train_part).shuffle(order);
    const std::span<index_t> drawn(order), tested(held_out);
    images result{coloured ? "CIFAR-10" : "MNIST",
                  coloured ? cifar10_scaling : pixel_scaling{},
                  {},
                  spare ? pick(all, drawn.subspan(samples, validation)) : pick(test, tested.last(validation)),
                  {}};
    result.train = pick(all, drawn.first(samples));
    const auto left = tested.size() - (spare ? 0 : validation);
    result.test = pick(test, tested.first(sizes.test > 0 ? static_cast<std::size_t>(sizes.test) : left));
    return result;
}

}  // namespace

void require_per_class(const dataset<float>& data, index_t count) {
    const auto members = lpntk::indices_by_class(data.labels, data.classes);
    for (std::size_t c = 0; c < members.size(); ++c)
        lpntk::require(static_cast<index_t>(members[c].size()) >= count, "--samples " + std::to_string(data.size()),
                       "number of training samples of class " + std::to_string(c), members[c].size(),
                       ">= " + std::to_string(count) + ": ask for more --samples");
}

images load_images(const options& options, split_sizes sizes) {
    if (sizes.validation == 0) sizes.validation = std::max<index_t>(500, options.samples / 5);
    sizes.validation = std::max<index_t>(sizes.validation, 0);
    images found = options.data.empty() ? built_in_digits(options, sizes) : from_files(options, sizes);
    require_per_class(found.train, sizes.train_per_class);
    return found;
}

}  // namespace examples
