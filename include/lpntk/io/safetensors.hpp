#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lpntk/core/with_memory.hpp"
#include "lpntk/io/byte_sink.hpp"
#include "lpntk/io/file_bytes.hpp"
#include "lpntk/io/safetensors_header.hpp"
#include "lpntk/io/stored_tensor.hpp"

/// The safetensors format, in which PyTorch and others keep weights. An optional part: needs nlohmann_json
/// (nlohmann/json.hpp), and is not in lpntk.hpp.
namespace lpntk::inline LPNTK_TARGET::io {

/// All tensors of a file, converted when values() are asked for. Throws file_error, naming the file and what is wrong:
/// it is missing, no regular file, truncated or too long; its header is no JSON of this format, has a name twice, a
/// type that is not in number_type, sizes that do not fit their ranges, or ranges that overlap or leave bytes out.
/// Throws memory_error when there is no room. Nothing is taken for what a header claims before the file is known to
/// hold it.
inline stored_tensors read_safetensors(const std::filesystem::path& file) {
    detail::file_bytes source(file);
    std::uint8_t start[8];
    if (source.read(start, 8) < 8) source.fail("is truncated: it has no length of a header");
    const auto length = detail::number_at<std::uint64_t, std::uint64_t>(start);
    if (length > source.size() - 8)
        source.fail("is truncated: the header should be " + std::to_string(length) + " bytes, " +
                    std::to_string(source.size() - 8) + " are there");
    const std::string what = source.name() + ": the header";
    auto text = with_memory(what, length, [&] { return std::string(static_cast<std::size_t>(length), ' '); });
    source.read(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
    const detail::safetensors_header header =
        detail::parse_safetensors_header(text, source.size() - 8 - length, source.name());

    stored_tensors all;
    all.metadata = header.metadata;
    for (const detail::safetensors_entry& entry : header.entries) {
        stored_tensor& to = all.tensors[entry.name];
        to.type = entry.type;
        to.shape = entry.shape;
        with_memory(source.name() + ": " + entry.name, entry.end - entry.begin,
                    [&] { to.bytes.resize(static_cast<std::size_t>(entry.end - entry.begin)); });
        if (source.read(to.bytes.data(), to.bytes.size()) < to.bytes.size()) source.fail("became shorter while read");
    }
    return all;
}

/// Writes the file whole or not at all (write_file), in the order that keeps numbers aligned: wide types first, then by
/// name. Throws argument_error for a tensor whose bytes do not fill its shape, file_error as write_file.
inline void write_safetensors(const std::filesystem::path& file, const stored_tensors& all) {
    using item = const std::pair<const std::string, stored_tensor>*;
    std::vector<item> order;
    for (const auto& named : all.tensors) {
        const auto& [name, tensor] = named;
        const auto width = detail::facts_of(tensor.type).width;
        require(tensor.bytes.size() == static_cast<std::uint64_t>(tensor.size()) * width, "write_safetensors",
                "bytes of " + name, tensor.bytes.size(), "those of " + tensor.text());
        order.push_back(&named);
    }
    std::stable_sort(order.begin(), order.end(), [](item a, item b) {
        return detail::facts_of(a->second.type).width > detail::facts_of(b->second.type).width;
    });
    detail::safetensors_header header{{}, all.metadata};
    std::uint64_t end = 0;
    for (const item named : order) {
        const std::uint64_t begin = end;
        end += named->second.bytes.size();
        header.entries.push_back({named->first, named->second.type, named->second.shape, begin, end});
    }
    const std::string text = detail::safetensors_header_text(header);
    write_file(file, [&](byte_sink& sink) {
        for (unsigned i = 0; i < 8; ++i) {
            const auto byte = static_cast<std::uint8_t>(std::uint64_t{text.size()} >> (8 * i));
            sink.write(&byte, 1);
        }
        sink.write(text);
        for (const item named : order) sink.write(named->second.bytes.data(), named->second.bytes.size());
    });
}

}  // namespace lpntk::io
