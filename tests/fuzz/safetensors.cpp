#include <lpntk/io/safetensors.hpp>

#include "fuzz/support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::memory_file file;
    const fuzz::bytes content(data, size);
    const auto read = fuzz::accepted([&] { return lpntk::io::read_safetensors(file.with(content)); });
    if (!read) return 0;
    // What was taken covers the bytes behind the header, each once.
    std::uint64_t header = 0, covered = 0;
    for (std::size_t i = 0; i < 8; ++i) header |= std::uint64_t{content[i]} << (8 * i);
    for (const auto& [name, tensor] : read->tensors) {
        fuzz::check(content.subspan(8, header).size() == header, "the header is in the file");
        const auto found = std::search(content.begin() + 8 + static_cast<std::ptrdiff_t>(header), content.end(),
                                       tensor.bytes.begin(), tensor.bytes.end());
        fuzz::check(tensor.bytes.empty() || found != content.end(), "bytes are those of the file");
        fuzz::check(tensor.values<double>().size() == tensor.size(), "the shape is that of the numbers");
        covered += tensor.bytes.size();
    }
    fuzz::check(8 + header + covered == size, "no byte is left over");
    const auto written = fuzz::folder() / "written.safetensors";
    lpntk::io::write_safetensors(written, *read);
    fuzz::check(lpntk::io::read_safetensors(written) == *read, "what is written is read again");
    return 0;
}
