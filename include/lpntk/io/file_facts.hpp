#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// What a file is made of, in words that a person can compare: "samples", "60000".
struct file_fact {
    std::string name;   ///< what it says something about: no colon, no line break
    std::string value;  ///< no line break
};

namespace detail {

/// One line a fact.
inline std::string text_of(const std::vector<file_fact>& facts) {
    std::string text;
    for (const file_fact& fact : facts) text += fact.name + ": " + fact.value + "\n";
    return text;
}

/// The value of the line "name: ..." of a text of facts.
inline std::optional<std::string_view> value_of(std::string_view name, std::string_view text) {
    const std::string start = std::string(name) + ": ";
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.substr(0, start.size()) == start) return line.substr(start.size());
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return {};
}

/// What is another in `text` than in the facts, the first of it; nothing when they are the same.
inline std::optional<std::string> difference(std::string_view text, const std::vector<file_fact>& facts) {
    for (const file_fact& fact : facts) {
        const auto before = value_of(fact.name, text);
        if (!before) return "it says nothing of " + fact.name + ", now " + fact.value;
        if (*before != fact.value)
            return "it was begun with " + fact.name + " " + std::string(*before) + ", now " + fact.value;
    }
    if (text != text_of(facts)) return "it says more than what is known now";
    return {};
}

}  // namespace detail
}  // namespace lpntk::io
