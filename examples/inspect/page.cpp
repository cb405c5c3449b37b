#include "inspect/page.hpp"

#include <map>
#include <string_view>

#include <lpntk/core/require.hpp>

namespace inspect {

namespace {

/// Each `{{name}}` of the template with what it stands for.
std::string filled(std::string_view text, const std::map<std::string_view, std::string>& values) {
    std::string page;
    for (;;) {
        const std::size_t open = text.find("{{"), close = text.find("}}", open);
        if (open == std::string_view::npos || close == std::string_view::npos) return page.append(text);
        const auto value = values.find(text.substr(open + 2, close - open - 2));
        lpntk::require(value != values.end(), "page_of", "a place of the template", text.substr(open, close - open + 2),
                       "one that is filled");
        page.append(text.substr(0, open)).append(value->second);
        text.remove_prefix(close + 2);
    }
}

}  // namespace

std::string escaped_for_html(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

std::string json_for_script(const examples::json& values) {
    std::string escaped;
    for (const char c : values.dump(-1, ' ', true, examples::json::error_handler_t::replace)) {
        switch (c) {
            case '<':
                escaped += "\\u003c";
                break;
            case '>':
                escaped += "\\u003e";
                break;
            case '&':
                escaped += "\\u0026";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

std::string page_of(const std::string& title, const examples::json& findings) {
    return filled(page_sources::html(), {{"title", escaped_for_html(title)},
                                         {"css", page_sources::css()},
                                         {"js", page_sources::js()},
                                         {"findings", json_for_script(findings)}});
}

}  // namespace inspect
