#include <algorithm>
#include <cmath>
#include <fstream>

#include <lpntk/io/cifar10.hpp>

#include "fuzz/support.hpp"

// The input: the file test_batch.bin, which may unpack to four records.
constexpr lpntk::io::unpack_limit four_records{.bytes = 4 * 3073, .ratio = 1};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::ofstream(fuzz::folder() / "test_batch.bin", std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    const auto read =
        fuzz::accepted([] { return lpntk::io::read_cifar10(fuzz::folder(), lpntk::io::split::test, four_records); });

    const auto content = fuzz::unpacked({data, size}, four_records.of(size));
    bool whole = content && !content->empty() && content->size() % 3073 == 0;
    for (std::size_t at = 0; whole && at < content->size(); at += 3073) whole = (*content)[at] < 10;
    fuzz::check(read.has_value() == whole, "whole records are read, others refused");
    if (!read) return 0;
    fuzz::check(read->labels.size() == content->size() / 3073, "as many labels as records");
    for (std::size_t i = 0; i < read->labels.size(); ++i) {
        const std::uint8_t* record = content->data() + 3073 * i;
        fuzz::check(read->labels[i] == record[0], "labels are the first bytes");
        const double mean[] = {0.4914, 0.4822, 0.4465}, deviation[] = {0.2470, 0.2435, 0.2616};
        const float* image = read->inputs.data() + 3072 * i;
        double largest = 0;
        for (int j = 0; j < 3072; ++j) {
            const double byte = record[1 + 1024 * (j % 3) + j / 3];
            largest = std::max(largest, std::abs(image[j] * deviation[j % 3] + mean[j % 3] - byte / 255));
        }
        fuzz::check(largest < 1e-5, "pixels are scaled, channels last");
    }
    return 0;
}
