#include <algorithm>

#include <lpntk/io/idx.hpp>

#include "fuzz/idx_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::memory_file file;
    const auto read = fuzz::accepted([path = file.with({data, size})] { return lpntk::io::read_idx_images(path); });
    const auto content = fuzz::unpacked({data, size});
    fuzz::check(read.has_value() == (content && fuzz::are_idx_images(*content)), "images are read, others refused");
    if (!read) return 0;
    const lpntk::index_t sizes[] = {read->count, read->height, read->width};
    for (std::size_t i = 0; i < 3; ++i)
        fuzz::check(static_cast<std::uint64_t>(sizes[i]) == fuzz::word(*content, 4 + 4 * i), "sizes are right");
    fuzz::check(std::equal(read->pixels.begin(), read->pixels.end(), content->begin() + 16, content->end()),
                "pixels are the bytes after it");
    return 0;
}
