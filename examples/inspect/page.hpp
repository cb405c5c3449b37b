#pragma once

#include <string>

#include "support/summary.hpp"

/// A page of HTML that is one file: template, style, script and data in one text.
namespace inspect {

/// The files report.html, report.css, report.js and report_cards.js, as they were when the program was built.
struct page_sources {
    static const char* html();
    static const char* css();
    static const char* js();
};

/// Text as HTML shows it, in elements and in quoted attributes.
std::string escaped_for_html(const std::string& text);

/// JSON as it can stand in a script element: nothing in it ends the element or starts a comment. Bytes that are no
/// UTF-8 become U+FFFD.
std::string json_for_script(const examples::json& values);

/// The page of this title, whose script finds the findings as JSON in the element "findings". What is put in is never
/// read as a template again.
std::string page_of(const std::string& title, const examples::json& findings);

}  // namespace inspect
