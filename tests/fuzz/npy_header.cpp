#include <fstream>
#include <iterator>

#include <lpntk/io/npy_header.hpp>

#include "fuzz/npy_oracle.hpp"

namespace io = lpntk::io;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::memory_file file;
    const auto read_header = [](const std::filesystem::path& path) {
        return fuzz::accepted([&] {
            io::byte_source source(path);
            return io::read_npy_header(source);
        });
    };
    const auto same = [](const auto& a, const auto& b) {
        return a.type == b.type && a.column_major == b.column_major && a.shape == b.shape;
    };
    const auto read = read_header(file.with({data, size}));
    const auto expected = fuzz::parse_npy({data, size});
    fuzz::check(read.has_value() == expected.has_value(), "headers are read, others refused");
    if (!read) return 0;
    fuzz::check(same(*read, *expected), "they say what the oracle finds");
    if (read->shape.size() > 1000 || read->type.find('\'') != std::string::npos) return 0;

    const auto written = fuzz::folder() / "written.npy";
    io::write_file(written, [&](io::byte_sink& sink) { io::write_npy_header(sink, *read); });
    const auto again = read_header(written);
    fuzz::check(again && same(*again, *read), "what is written is read again");
    fuzz::check(std::filesystem::file_size(written) % 64 == 0, "numbers start at a multiple of 64 bytes");
    return 0;
}
