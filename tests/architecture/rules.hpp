#pragma once

#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <vector>

/// The rules of the house, checked on the text of the headers.
namespace architecture {

/// Path below include/ ("lpntk/kernel/gram.hpp") -> text.
using headers = std::map<std::string, std::string>;

/// What a folder may include besides itself: prefixes of paths below lpntk/.
inline const std::map<std::string, std::vector<std::string>> may_include = {
    {"core", {}},
    {"model", {"core/"}},
    {"kernel", {"core/", "model/"}},
    {"cluster", {"core/"}},
    {"statistics", {"core/"}},
    {"score", {"core/", "model/", "kernel/", "cluster/", "statistics/"}},
    {"attribution", {"core/", "cluster/"}},
    {"select", {"core/", "cluster/", "score/"}},
    {"nn", {"core/", "model/"}},
    {"dynamics", {"core/", "model/", "kernel/", "score/", "statistics/"}},
    {"io", {"core/", "cluster/similarity."}},
    {"disk", {"core/", "model/", "kernel/", "io/"}},
    {"pytorch", {"core/", "model/", "nn/", "io/"}},
    {"torch", {"core/", "model/"}},
    {"mpi",
     {"core/", "model/", "kernel/", "cluster/", "statistics/", "score/", "attribution/", "select/", "nn/", "dynamics/",
      "io/", "disk/"}},
};

/// A pattern that only the named header may contain; none may when the name is empty.
struct restriction {
    std::string pattern;
    std::string only_in;
    std::string why;
};

inline const std::vector<restriction> restrictions = {
    {R"(#\s*pragma\s+omp|\b_OPENMP\b|\bomp_\w|<omp\.h>)", "lpntk/core/parallel.hpp", "OpenMP"},
    {R"([<"](xtensor|xtl|xsimd)/)", "lpntk/core/tensor.hpp", "xtensor"},
    {R"(\busing\s+namespace\b)", "", "using namespace"},
    {R"(\bstd::(cout|cerr|clog)\b|\b(f?printf|puts|perror)\s*\()", "", "printing"},
    {R"(#\s*define\s+(?!LPNTK_))", "", "macro without the prefix LPNTK_"},
};

/// The text with its comments blanked out.
inline std::string without_comments(const std::string& text) {
    std::string code;
    for (std::size_t i = 0; i < text.size();) {
        if (text.compare(i, 2, "//") == 0) {
            i = std::min(text.find('\n', i), text.size());
        } else if (text.compare(i, 2, "/*") == 0) {
            const std::size_t end = text.find("*/", i + 2);
            i = end == std::string::npos ? text.size() : end + 2;
            code += ' ';
        } else {
            code += text[i++];
        }
    }
    return code;
}

/// The paths that the header includes from this library.
inline std::vector<std::string> own_includes(const std::string& text) {
    static const std::regex line(R"re(#\s*include\s*[<"](lpntk/[^>"]+)[>"])re");
    const std::string code = without_comments(text);
    std::vector<std::string> paths;
    for (std::sregex_iterator it(code.begin(), code.end(), line), end; it != end; ++it) paths.push_back((*it)[1]);
    return paths;
}

/// "kernel" of "lpntk/kernel/gram.hpp"; empty for "lpntk/lpntk.hpp".
inline std::string folder_of(const std::string& path) {
    const std::size_t begin = path.find('/') + 1;
    const std::size_t end = path.find('/', begin);
    return end == std::string::npos ? "" : path.substr(begin, end - begin);
}

/// Headers that need what not everybody has; lpntk/lpntk.hpp leaves them out.
inline bool is_optional(const std::string& path) {
    return path.starts_with("lpntk/mpi/") || path.starts_with("lpntk/torch/") || path.starts_with("lpntk/io/safetensors");
}

inline bool may_see(const std::string& from, const std::string& included) {
    const std::string folder = folder_of(from);
    const std::string other = folder_of(included);
    if (folder.empty()) return !is_optional(included);
    if (folder == other || included == "lpntk/version.hpp") return true;
    const auto rule = may_include.find(folder);
    if (rule == may_include.end() || other.empty()) return false;
    const std::string below = included.substr(std::string("lpntk/").size());
    return std::any_of(rule->second.begin(), rule->second.end(),
                       [&](const std::string& prefix) { return below.starts_with(prefix); });
}

/// One line for each rule that one header breaks.
inline std::vector<std::string> violations(const std::string& path, const std::string& text) {
    std::vector<std::string> found;
    const std::string folder = folder_of(path);
    if (!folder.empty() && !may_include.contains(folder)) found.push_back(path + ": unknown folder " + folder);
    for (const std::string& included : own_includes(text))
        if (!may_see(path, included)) found.push_back(path + ": must not include " + included);
    const std::string code = without_comments(text);
    for (const auto& [pattern, only_in, why] : restrictions)
        if (path != only_in && std::regex_search(code, std::regex(pattern))) found.push_back(path + ": " + why);
    static const std::regex plain_namespace(R"((^|\n)namespace lpntk(::(?!inline\b)[\w:]+)? *\{)");
    if (path != "lpntk/core/target.hpp" && std::regex_search(code, plain_namespace))
        found.push_back(path + ": namespace without inline LPNTK_TARGET");
    // Doxygen 1.9 says nothing of these.
    static const std::regex bare_concept(R"((^|\n)(?!///)[^\n]*\ntemplate <[^\n]*>\nconcept\b)");
    if (std::regex_search(text, bare_concept)) found.push_back(path + ": concept without docstring");
    if (code.find("#pragma once") == std::string::npos) found.push_back(path + ": no #pragma once");
    return found;
}

/// The headers that are not optional and that lpntk/lpntk.hpp does not reach.
inline std::vector<std::string> unreached(const headers& all) {
    std::vector<std::string> reached{"lpntk/lpntk.hpp"};
    for (std::size_t next = 0; next < reached.size(); ++next) {
        const auto header = all.find(reached[next]);
        if (header == all.end()) continue;
        for (const std::string& path : own_includes(header->second))
            if (std::find(reached.begin(), reached.end(), path) == reached.end()) reached.push_back(path);
    }
    std::vector<std::string> missing;
    for (const auto& [path, text] : all)
        if (!is_optional(path) && std::find(reached.begin(), reached.end(), path) == reached.end())
            missing.push_back(path);
    return missing;
}

}  // namespace architecture
