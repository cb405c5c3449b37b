#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/io/byte_source.hpp"
#include "lpntk/io/idx.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Mean and standard deviation of CIFAR-10's training pixels on [0, 1], for red, green and blue.
inline constexpr std::array<float, 3> cifar10_mean{0.4914F, 0.4822F, 0.4465F};
/// Per channel: what its pixels, less the mean, are divided by.
inline constexpr std::array<float, 3> cifar10_deviation{0.2470F, 0.2435F, 0.2616F};

namespace detail {

inline constexpr index_t cifar10_side = 32;
inline constexpr std::size_t cifar10_record = 1 + 3 * 32 * 32;  // label, then the red, green and blue planes

/// The records of one file, plain or gzip, whole ones only.
inline std::vector<std::uint8_t> read_cifar10_records(const std::filesystem::path& file, unpack_limit limit) {
    byte_source source(file, limit);
    auto records = source.read_rest("the records");
    if (records.empty() || records.size() % cifar10_record != 0)
        source.fail("is " + std::to_string(records.size()) + " bytes long, no whole number of records of 3073 bytes");
    for (std::size_t at = 0; at < records.size(); at += cifar10_record)
        if (records[at] > 9)
            source.fail("label " + std::to_string(at / cifar10_record) + " is " + std::to_string(records[at]) +
                        ", must be in [0, 10)");
    return records;
}

/// The batches that are there: data_batch_1.bin, data_batch_2.bin, ... without a gap, or test_batch.bin.
inline std::vector<std::filesystem::path> cifar10_files(const std::filesystem::path& folder, split part) {
    if (part == split::test) return {folder / "test_batch.bin"};
    const auto batch = [&](int i) { return folder / ("data_batch_" + std::to_string(i) + ".bin"); };
    std::vector<std::filesystem::path> files;
    for (int i = 1; i <= 5; ++i) {
        if (!std::filesystem::exists(batch(i))) continue;
        if (static_cast<int>(files.size()) != i - 1)
            throw file_error(folder.string(),
                             "holds data_batch_" + std::to_string(i) + ".bin but not the one before it");
        files.push_back(batch(i));
    }
    if (files.empty()) throw file_error(folder.string(), "holds no data_batch_1.bin");
    return files;
}

}  // namespace detail

/// Reads CIFAR-10 in its binary version from `folder`: data_batch_1.bin ... data_batch_5.bin (as many as are
/// there, from the first on) or test_batch.bin; 32 x 32 x 3, channels last, each channel (x / 255 - mean) / deviation.
/// Files may be gzip under the same names. Throws file_error, naming the file, when one is missing, not made of whole
/// records, holds a label above 9, or unpacks to more than `limit`; memory_error when there is no room. Takes 15 KB an
/// image: 4 bytes a number, and what is read.
inline dataset<float> read_cifar10(const std::filesystem::path& folder, split part, unpack_limit limit = {}) {
    if (!std::filesystem::is_directory(folder))
        throw file_error(folder.string(), std::filesystem::exists(folder) ? "is not a directory" : "no such directory");
    std::vector<std::vector<std::uint8_t>> batches;
    std::size_t count = 0;
    for (const auto& file : detail::cifar10_files(folder, part)) {
        batches.push_back(detail::read_cifar10_records(file, limit));
        count += batches.back().size() / detail::cifar10_record;
    }
    constexpr index_t pixels = detail::cifar10_side * detail::cifar10_side;
    dataset<float> data{{}, {}, 10, {detail::cifar10_side, detail::cifar10_side, 3}};
    lpntk::with_memory(folder.string() + ": the images", count * 3 * pixels * sizeof(float), [&] {
        data.inputs.resize(static_cast<index_t>(count), 3 * pixels);
        data.labels.reserve(count);
    });
    for (const auto& records : batches)
        for (std::size_t at = 0; at < records.size(); at += detail::cifar10_record) {
            float* image = data.inputs.row(static_cast<index_t>(data.labels.size())).data();
            data.labels.push_back(records[at]);
            for (index_t p = 0; p < pixels; ++p)
                for (std::size_t c = 0; c < 3; ++c) {
                    const std::uint8_t byte = records[at + 1 + c * pixels + static_cast<std::size_t>(p)];
                    *image++ = (static_cast<float>(byte) / 255.0F - cifar10_mean[c]) / cifar10_deviation[c];
                }
        }
    return data;
}

}  // namespace lpntk::io
