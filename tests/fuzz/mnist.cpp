#include <cmath>
#include <fstream>

#include <lpntk/io/mnist.hpp>

#include "fuzz/idx_oracle.hpp"

namespace {

void write(const std::filesystem::path& file, fuzz::bytes content) {
    std::ofstream stream(file, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

}  // namespace

// The input: how many bytes the file of images has (two bytes), that file, and the file of labels.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const fuzz::bytes files(data + 2, size - 2);
    const std::size_t cut = std::min<std::size_t>(256U * data[0] + data[1], files.size());
    write(fuzz::folder() / "train-images-idx3-ubyte", files.first(cut));
    write(fuzz::folder() / "train-labels-idx1-ubyte.gz", files.subspan(cut));
    const auto read = fuzz::accepted([] { return lpntk::io::read_mnist(fuzz::folder(), lpntk::io::split::train); });

    const auto images = fuzz::unpacked(files.first(cut)), labels = fuzz::unpacked(files.subspan(cut));
    const bool whole = images && labels && fuzz::are_idx_images(*images) && fuzz::are_idx_labels(*labels) &&
                       fuzz::word(*images, 4) == fuzz::word(*labels, 4) && fuzz::word(*images, 4) > 0;
    fuzz::check(read.has_value() == whole, "pairs of images and labels are read, others refused");
    if (!read) return 0;
    fuzz::check(static_cast<std::size_t>(read->inputs.size()) == images->size() - 16 &&
                    read->labels.size() == labels->size() - 8,
                "as many pixels and labels as there are bytes");
    for (std::size_t i = 0; i < read->labels.size(); ++i)
        fuzz::check(read->labels[i] == (*labels)[8 + i], "labels are the bytes");
    for (lpntk::index_t i = 0; i < read->inputs.size(); ++i) {
        const double byte = (*images)[16 + static_cast<std::size_t>(i)];
        fuzz::check(std::abs(read->inputs.data()[i] * 0.3081 + 0.1307 - byte / 255) < 1e-5, "pixels are scaled");
    }
    return 0;
}
