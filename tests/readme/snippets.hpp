#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

/// Code as it stands in README and in the files of this folder, to be compared.
namespace readme {

inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The lines of a text without the indentation that they share, and without empty ones.
inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        if (line.find_first_not_of(' ') != std::string::npos) lines.push_back(line);
    std::size_t shared = std::string::npos;
    for (const auto& line : lines) shared = std::min(shared, line.find_first_not_of(' '));
    for (auto& line : lines) line.erase(0, shared);
    return lines;
}

/// The ```cpp blocks of a page.
inline std::vector<std::vector<std::string>> blocks_of(const std::string& page) {
    std::vector<std::vector<std::string>> blocks;
    for (std::size_t at = page.find("```cpp\n"); at != std::string::npos; at = page.find("```cpp\n", at)) {
        const std::size_t begin = at + 7, end = page.find("```", begin);
        blocks.push_back(lines_of(page.substr(begin, end - begin)));
        at = end;
    }
    return blocks;
}

/// What stands between "// [name]" and "// [end]" in a file, all such pieces one after the other.
inline std::vector<std::string> snippet_of(const std::string& code, const std::string& name) {
    std::vector<std::string> lines;
    const std::string mark = "// [" + name + "]\n";
    for (std::size_t at = code.find(mark); at != std::string::npos; at = code.find(mark, at)) {
        const std::size_t begin = at + mark.size(), end = code.find("// [end]", begin);
        const auto piece = lines_of(code.substr(begin, code.rfind('\n', end) - begin));
        lines.insert(lines.end(), piece.begin(), piece.end());
        at = end;
    }
    return lines;
}

}  // namespace readme
