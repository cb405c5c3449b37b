#pragma once

#if !__has_include(<nlohmann/json.hpp>)
#error "lpntk/io/safetensors.hpp needs nlohmann/json.hpp (Debian: nlohmann-json3-dev)"
#endif
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "lpntk/core/require.hpp"
#include "lpntk/io/stored_tensor.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// One tensor of a header: bytes [begin, end) of what follows it.
struct safetensors_entry {
    std::string name;
    number_type type;
    std::vector<index_t> shape;
    std::uint64_t begin, end;
};

/// The entries in the order of their bytes, without a gap.
struct safetensors_header {
    std::vector<safetensors_entry> entries;
    std::map<std::string, std::string> metadata;
};

/// Parses the JSON; refuses what a document of this format never has: names twice, objects within objects within
/// objects.
inline nlohmann::json parse_flat_json(const std::string& text, const std::string& file) {
    std::vector<std::set<std::string>> names;
    const auto watch = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        using seen = nlohmann::json::parse_event_t;
        if (depth > 3) throw file_error(file, "has a header that is nested too deep");
        if (event == seen::object_start) names.emplace_back();
        if (event == seen::object_end) names.pop_back();
        if (event == seen::key && !names.back().insert(parsed.get<std::string>()).second)
            throw file_error(file, "has a header that names " + parsed.get<std::string>() + " twice");
        return true;
    };
    try {
        return nlohmann::json::parse(text, watch);
    } catch (const nlohmann::json::exception& problem) {
        throw file_error(file, std::string("has a header that is no JSON: ") + problem.what());
    }
}

/// One entry of the document, its size compared with its range; throws file_error.
inline safetensors_entry parse_safetensors_entry(const std::string& name, const nlohmann::json& value,
                                                 std::uint64_t bytes, const std::string& file) {
    const auto fail = [&](const std::string& problem) { throw file_error(file, "tensor " + name + " " + problem); };
    const auto numbers = [&](const char* key) {
        const auto found = value.find(key);
        std::vector<std::uint64_t> list;
        if (found == value.end() || !found->is_array()) fail(std::string("has no list ") + key);
        for (const auto& number : *found) {
            if (!number.is_number_unsigned() || number.get<std::uint64_t>() > INT64_MAX)
                fail(std::string("has a number in ") + key + " that is no size");
            list.push_back(number.get<std::uint64_t>());
        }
        return list;
    };
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value["dtype"].is_string())
        fail("is not described by dtype, shape and data_offsets");
    const auto type = number_type_named(value["dtype"].get<std::string>());
    if (!type) fail("has the type " + value["dtype"].get<std::string>() + ", which is not supported");
    const auto shape = numbers("shape"), range = numbers("data_offsets");
    if (range.size() != 2 || range[0] > range[1] || range[1] > bytes)
        fail("lies outside the " + std::to_string(bytes) + " bytes that follow the header");
    const bool empty = std::count(shape.begin(), shape.end(), 0U) > 0;
    std::uint64_t size = empty ? 0 : facts_of(*type).width;
    for (const std::uint64_t extent : shape) {
        if (size > 0 && extent > bytes / size) fail("has a shape larger than the file");
        size *= extent;
    }
    if (size != range[1] - range[0])
        fail("should be " + std::to_string(size) + " bytes by its shape, has " + std::to_string(range[1] - range[0]));
    return {name, *type, {shape.begin(), shape.end()}, range[0], range[1]};
}

/// Reads a header that is followed by `bytes` bytes; throws file_error about `file`.
inline safetensors_header parse_safetensors_header(const std::string& text, std::uint64_t bytes,
                                                   const std::string& file) {
    if (text.empty() || text.front() != '{') throw file_error(file, "is no safetensors file: no { after 8 bytes");
    const nlohmann::json document = parse_flat_json(text, file);
    safetensors_header header;
    for (const auto& [name, value] : document.items()) {
        if (name != "__metadata__") {
            header.entries.push_back(parse_safetensors_entry(name, value, bytes, file));
            continue;
        }
        for (const auto& [key, word] : value.items()) {
            if (!value.is_object() || !word.is_string())
                throw file_error(file, "has __metadata__ that is not text by name");
            header.metadata[key] = word.get<std::string>();
        }
    }
    std::sort(header.entries.begin(), header.entries.end(),
              [](const auto& a, const auto& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
    std::uint64_t end = 0;
    for (const safetensors_entry& entry : header.entries) {
        if (entry.begin != end)
            throw file_error(file, "tensor " + entry.name + " begins at byte " + std::to_string(entry.begin) +
                                       ", the one before ends at " + std::to_string(end));
        end = entry.end;
    }
    if (end != bytes)
        throw file_error(
            file, "has " + std::to_string(bytes) + " bytes behind the header, its tensors take " + std::to_string(end));
    return header;
}

/// The header as it is written, filled up with spaces so that the numbers begin at a multiple of 8 bytes.
inline std::string safetensors_header_text(const safetensors_header& header) {
    nlohmann::ordered_json document = nlohmann::ordered_json::object();
    if (!header.metadata.empty()) document["__metadata__"] = header.metadata;
    for (const safetensors_entry& entry : header.entries)
        document[entry.name] = {
            {"dtype", facts_of(entry.type).name}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
    std::string text = document.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

}  // namespace lpntk::io::detail
