#include <algorithm>

#include <lpntk/io/byte_source.hpp>

#include "fuzz/support.hpp"

namespace {

std::vector<std::uint8_t> joined(std::vector<std::uint8_t> first, const std::vector<std::uint8_t>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

}  // namespace

// The input: whether to pack the rest and where to begin a second gzip stream, how much may be unpacked, how many bytes
// to read first, and the content of the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 5) return 0;
    const fuzz::bytes rest(data + 5, size - 5);
    const std::size_t cut = std::min<std::size_t>(data[1], rest.size());
    const std::vector<std::uint8_t> file_content =
        data[0] % 2 == 0 ? std::vector<std::uint8_t>(rest.begin(), rest.end())
                         : joined(fuzz::gzip(rest.first(cut)), fuzz::gzip(rest.subspan(cut)));
    const lpntk::io::unpack_limit limit{.bytes = data[2], .ratio = data[3]};
    const std::uint64_t first = data[4];

    static const fuzz::memory_file file;
    const auto read = fuzz::accepted([&, path = file.with(file_content)] {
        lpntk::io::byte_source source(path, limit);
        auto bytes = joined(source.read(first, "the first bytes"), source.read_rest("the rest"));
        source.require_end();
        return bytes;
    });
    const auto content = fuzz::unpacked(file_content);
    fuzz::check(data[0] % 2 == 0 || (content && std::ranges::equal(*content, rest)), "the oracle is right");
    const bool is_gzip = file_content.size() >= 2 && file_content[0] == 0x1F && file_content[1] == 0x8B;
    const bool fits = !is_gzip || (content && content->size() <= std::max<std::uint64_t>(
                                                                     limit.bytes, limit.ratio * file_content.size()));
    fuzz::check(read.has_value() == (content && fits && first <= content->size()), "bytes within the limit are read");
    if (read) fuzz::check(*read == *content, "they are those of the file");
    return 0;
}
