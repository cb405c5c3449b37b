#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "fuzz/support.hpp"

namespace fuzz {

/// The oracle of .npy: the header split into words first, and then compared.
struct npy_file {
    std::string type;
    bool column_major = false;
    std::vector<std::uint64_t> shape;
    bytes numbers;  // all that follows
};

/// Strings with their marks, words, and single signs; none when a character begins none of them.
inline std::optional<std::vector<std::string>> words_of(const std::string& text) {
    const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    std::vector<std::string> words;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
        end = at + 1;
        if (text[at] == ' ' || text[at] == '\n') continue;
        if (text[at] == '\'' || text[at] == '"') {
            const std::size_t close = text.find(text[at], at + 1);
            if (close == std::string::npos) return {};
            end = close + 1;
        } else if (letters.find(text[at]) != std::string::npos) {
            end = std::min(text.find_first_not_of(letters, at), text.size());
        } else if (std::string("{}():,").find(text[at]) == std::string::npos) {
            return {};
        }
        words.push_back(text.substr(at, end - at));
    }
    return words;
}

/// One to 18 digits, as Python writes them.
inline std::optional<std::uint64_t> number_of(const std::string& word) {
    if (word.empty() || word.size() > 18 || word.find_first_not_of("0123456789") != std::string::npos) return {};
    const std::uint64_t value = std::stoull(word);
    if (word[0] == '0' && value != 0) return {};
    return value;
}

/// From the words inside the braces; their commas separate entries unless they stand in parentheses.
inline std::optional<npy_file> entries_of(std::vector<std::string> words) {
    npy_file file;
    std::string seen;
    if (!words.empty() && words.back() != ",") words.push_back(",");
    for (std::size_t at = 0; at < words.size();) {
        std::size_t end = at;
        for (int depth = 0; end < words.size() && (depth > 0 || words[end] != ","); ++end)
            depth += words[end] == "(" ? 1 : words[end] == ")" ? -1 : 0;
        if (end == words.size() || end < at + 3 || words[at + 1] != ":") return {};
        const std::string key = words[at].substr(1, words[at].size() - 2), mark = words[at].substr(0, 1);
        const std::vector<std::string> value(words.begin() + static_cast<std::ptrdiff_t>(at) + 2,
                                             words.begin() + static_cast<std::ptrdiff_t>(end));
        if (mark != "'" && mark != "\"") return {};
        if (key == "descr" && value.size() == 1 && (value[0][0] == '\'' || value[0][0] == '"')) {
            file.type = value[0].substr(1, value[0].size() - 2);
        } else if (key == "fortran_order" && value.size() == 1 && (value[0] == "True" || value[0] == "False")) {
            file.column_major = value[0] == "True";
        } else if (key == "shape" && value.size() >= 2 && value.front() == "(" && value.back() == ")") {
            for (std::size_t i = 1; i + 1 < value.size(); i += 2) {
                const auto extent = number_of(value[i]);
                const bool last = i + 2 == value.size();
                if (!extent || (last && i == 1) || (!last && value[i + 1] != ",")) return {};
                file.shape.push_back(*extent);
            }
        } else {
            return {};
        }
        seen += key[0];
        at = end + 1;
    }
    const bool each_once = seen.size() == 3 && seen.find('d') != std::string::npos &&
                           seen.find('f') != std::string::npos && seen.find('s') != std::string::npos;
    if (!each_once) return {};
    return file;
}

inline std::optional<npy_file> parse_npy(bytes content) {
    if (content.size() < 8 || std::memcmp(content.data(), "\x93NUMPY", 6) != 0) return {};
    const int version = content[6];
    const std::size_t before = version == 1 ? 10 : 12;
    if (version < 1 || version > 3 || content[7] != 0 || content.size() < before) return {};
    std::size_t length = 0;
    for (std::size_t at = 8; at < before; ++at) length += std::size_t{content[at]} << (8 * (at - 8));
    if (length > 65536 || content.size() - before < length) return {};
    const auto words = words_of({reinterpret_cast<const char*>(content.data()) + before, length});
    if (!words || words->size() < 2 || words->front() != "{" || words->back() != "}") return {};
    auto file = entries_of({words->begin() + 1, words->end() - 1});
    if (file) file->numbers = content.subspan(before + length);
    return file;
}

/// Whether the shape makes exactly the numbers of `width` bytes that are there.
inline bool fills(const npy_file& file, std::size_t width) {
    std::uint64_t left = file.numbers.size() / width;
    if (file.numbers.size() % width != 0) return false;
    for (const std::uint64_t extent : file.shape)
        if (extent == 0) return left == 0;
    for (const std::uint64_t extent : file.shape) {
        if (left == 0 || left % extent != 0) return false;
        left /= extent;
    }
    return left == 1;
}

/// How this type may be spelled on a little-endian machine.
inline bool is_spelling(const std::string& type, const std::string& letter_and_width) {
    for (const char* order : {"<", "=", "|", ""})
        if (type == order + letter_and_width) return true;
    return false;
}

}  // namespace fuzz
