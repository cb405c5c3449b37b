#include <algorithm>

#include <lpntk/io/idx.hpp>

#include "fuzz/idx_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::memory_file file;
    const auto read = fuzz::accepted([path = file.with({data, size})] { return lpntk::io::read_idx_labels(path); });
    const auto content = fuzz::unpacked({data, size});
    fuzz::check(read.has_value() == (content && fuzz::are_idx_labels(*content)), "labels are read, others refused");
    if (!read) return 0;
    fuzz::check(std::equal(read->begin(), read->end(), content->begin() + 8, content->end()), "labels are the bytes");
    return 0;
}
