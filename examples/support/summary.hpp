#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace examples {

/// A JSON value whose keys stay in the order in which they were written; NaN becomes null.
using json = nlohmann::ordered_json;

/// Writes folder/summary.json, whole or not at all. Throws lpntk::file_error when that cannot be done.
void write_summary(const std::filesystem::path& folder, const json& values);

/// Writes a text file, whole or not at all, and the folder it stands in. Throws lpntk::file_error.
void write_text(const std::filesystem::path& file, const std::string& text);

/// Makes the folder and those above it. Throws lpntk::file_error unless files can be written there.
void prepare_folder(const std::filesystem::path& folder);

}  // namespace examples
