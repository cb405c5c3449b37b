#include "inspect/npy_images.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <lpntk/core/finite.hpp>
#include <lpntk/io/npy.hpp>

#include "support/table.hpp"

namespace inspect {

namespace {

using lpntk::image_shape, lpntk::index_t;
using lpntk::io::byte_source, lpntk::io::npy_header;

struct layout {
    image_shape shape;
    bool channels_first;
    const char* axes;
};

std::string text_of(const std::vector<std::uint64_t>& shape) {
    std::string text;
    for (const auto extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text;
}

/// What the axes are; what may be two things is refused.
layout layout_of(const npy_header& header, const byte_source& source) {
    const auto& shape = header.shape;
    if (shape.size() != 3 && shape.size() != 4)
        source.fail("has " + std::to_string(shape.size()) +
                    " axes, must have 3 (N x H x W) or 4 (N x H x W x C or N x C x H x W)");
    for (const auto extent : shape)
        if (extent == 0) source.fail("is of shape " + text_of(shape) + ": there are no pixels");
    const auto extent = [&](std::size_t axis) { return static_cast<index_t>(shape[axis]); };
    if (shape.size() == 3) return {{extent(1), extent(2), 1}, false, "N x H x W"};
    const auto channels = [&](std::size_t axis) { return shape[axis] == 1 || shape[axis] == 3; };
    if (channels(1) && channels(3))
        source.fail("is of shape " + text_of(shape) +
                    ", which can be N x H x W x C as well as N x C x H x W: leave the axis of one channel out, or pad "
                    "the images");
    if (channels(3)) return {{extent(1), extent(2), extent(3)}, false, "N x H x W x C"};
    if (channels(1)) return {{extent(2), extent(3), extent(1)}, true, "N x C x H x W"};
    source.fail("is of shape " + text_of(shape) +
                ": neither the last axis nor the second is 1 or 3, the channels that images may have");
}

/// The numbers of all images, channels last, as they stand in the file.
template <class T>
lpntk::matrix<float> read_numbers(byte_source& source, index_t count, const layout& of) {
    auto numbers = source.with_memory(static_cast<std::uint64_t>(count * of.shape.size()) * sizeof(float), "the images",
                                      [&] { return lpntk::matrix<float>(count, of.shape.size()); });
    const index_t channels = of.shape.channels, pixels = of.shape.height * of.shape.width;
    std::vector<T> image(static_cast<std::size_t>(of.shape.size()));
    for (index_t i = 0; i < count; ++i) {
        source.read(image.data(), image.size() * sizeof(T), "the images");
        float* to = numbers.row(i).data();
        for (index_t p = 0; p < pixels; ++p)
            for (index_t c = 0; c < channels; ++c)
                *to++ = static_cast<float>(
                    image[static_cast<std::size_t>(of.channels_first ? c * pixels + p : p * channels + c)]);
        if (!lpntk::all_finite(numbers.row(i).data(), numbers.cols()))
            source.fail("image " + std::to_string(i) + " holds NaN or infinity (or more than float32 can)");
    }
    source.require_end();
    return numbers;
}

/// Numbers to brightness in [0, 1], then each channel to mean 0 and deviation 1.
examples::pixel_scaling standardise(lpntk::matrix<float>& numbers, index_t channels, float low, float high,
                                    const byte_source& source) {
    examples::pixel_scaling scaling;
    numbers = (numbers.array() - low) / (high - low);
    const auto rows = static_cast<index_t>(numbers.size() / channels);
    Eigen::Map<lpntk::matrix<float>> pixels(numbers.data(), rows, channels);
    for (index_t c = 0; c < channels; ++c) {
        const double mean = pixels.col(c).cast<double>().mean();
        const double deviation = std::sqrt((pixels.col(c).cast<double>().array() - mean).square().mean());
        if (!(deviation > 1e-6)) source.fail("all pixels of channel " + std::to_string(c) + " are the same");
        const auto at = static_cast<std::size_t>(c);
        scaling.mean[at] = static_cast<float>(mean);
        scaling.deviation[at] = static_cast<float>(deviation);
        pixels.col(c) = (pixels.col(c).array() - scaling.mean[at]) / scaling.deviation[at];
    }
    if (channels == 1) {
        scaling.mean.fill(scaling.mean[0]);
        scaling.deviation.fill(scaling.deviation[0]);
    }
    return scaling;
}

std::vector<int> read_labels(const std::filesystem::path& file, index_t images) {
    std::vector<int> labels = lpntk::io::read_npy_labels(file, most_classes);
    if (static_cast<index_t>(labels.size()) != images)
        throw lpntk::file_error(file.string(), "holds " + std::to_string(labels.size()) + " labels for " +
                                                   std::to_string(images) + " images");
    return labels;
}

}  // namespace

npy_images read_npy_images(const std::filesystem::path& images, const std::filesystem::path& labels) {
    static_assert(std::endian::native == std::endian::little);
    byte_source source(images);
    const npy_header header = lpntk::io::read_npy_header(source);
    const bool bytes = header.type == "|u1", floats = header.type == "<f4", doubles = header.type == "<f8";
    if (!bytes && !floats && !doubles)
        source.fail("holds numbers of type " + header.type +
                    ", must be |u1 (uint8), <f4 (float32) or <f8 (float64): save images.astype('uint8') or "
                    "images.astype('float32')");
    if (header.column_major) source.fail("is in Fortran order: save numpy.ascontiguousarray(images)");
    const layout of = layout_of(header, source);
    const std::uint64_t numbers_there = header.count(source), bytes_there = numbers_there * (bytes    ? 1
                                                                                             : floats ? 4
                                                                                                      : 8);
    source.require_left(std::max(numbers_there, bytes_there), "the images");  // their product may be beyond 2^64
    const auto count = static_cast<index_t>(header.shape[0]);
    std::vector<int> given = read_labels(labels, count);

    npy_images read{{{}, std::move(given), 0, of.shape}, {}, {}};
    auto& numbers = read.data.inputs;
    numbers = bytes    ? read_numbers<std::uint8_t>(source, count, of)
              : floats ? read_numbers<float>(source, count, of)
                       : read_numbers<double>(source, count, of);
    read.data.classes = *std::max_element(read.data.labels.begin(), read.data.labels.end()) + 1;
    float low = numbers.minCoeff(), high = numbers.maxCoeff();
    read.understood = text_of(header.shape) + " is " + of.axes + ", " +
                      (bytes    ? "uint8"
                       : floats ? "float32"
                                : "float64") +
                      " from " + examples::number(low, bytes ? 0 : 3) + " to " + examples::number(high, bytes ? 0 : 3);
    constexpr float least_of_bytes = 16;
    if (low >= 0 && high <= 1 && !bytes)
        low = 0, high = 1;
    else if (low >= 0 && high <= 255 && (bytes || high >= least_of_bytes))
        low = 0, high = 255;
    else
        read.understood += ", taken for black and white";
    if (!(high > low)) source.fail("all pixels are the same");
    read.scaling = standardise(numbers, of.shape.channels, low, high, source);
    read.scaling.range = {low, high};
    return read;
}

}  // namespace inspect
