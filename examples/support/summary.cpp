#include "support/summary.hpp"

#include <fstream>
#include <system_error>

#include <lpntk/core/require.hpp>
#include <lpntk/io/atomic_file.hpp>

namespace examples {

namespace {

void write_stream(const std::filesystem::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) throw lpntk::file_error(file.string(), "cannot be written: no right to, or the disk is full");
}

}  // namespace

void prepare_folder(const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (std::error_code unknown; !std::filesystem::is_directory(folder, unknown))
        throw lpntk::file_error(folder.string(), "this folder cannot be made" +
                                                     (failure ? ": " + failure.message() : std::string()));
    const std::filesystem::path probe = folder / ".writable";
    write_stream(probe, "");
    std::filesystem::remove(probe, failure);
}

void write_text(const std::filesystem::path& file, const std::string& text) {
    if (file.has_parent_path()) prepare_folder(file.parent_path());
    lpntk::io::write_atomically(file, [&](const std::filesystem::path& temporary) { write_stream(temporary, text); });
}

void write_summary(const std::filesystem::path& folder, const json& values) {
    write_text(folder / "summary.json", values.dump(2) + "\n");
}

}  // namespace examples
