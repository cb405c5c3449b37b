#include "support/summary.hpp"

#include <system_error>

#include <lpntk/core/require.hpp>
#include <lpntk/io/byte_sink.hpp>

namespace examples {

namespace {

void write_whole(const std::filesystem::path& file, const std::string& text) {
    lpntk::io::write_file(file, [&](lpntk::io::byte_sink& sink) { sink.write(text); });
}

}  // namespace

void prepare_folder(const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (std::error_code unknown; !std::filesystem::is_directory(folder, unknown))
        throw lpntk::file_error(folder.string(),
                                "this folder cannot be made" + (failure ? ": " + failure.message() : std::string()));
    const std::filesystem::path probe = folder / ".writable";
    write_whole(probe, "");
    std::filesystem::remove(probe, failure);
}

void write_text(const std::filesystem::path& file, const std::string& text) {
    if (file.has_parent_path()) prepare_folder(file.parent_path());
    write_whole(file, text);
}

void write_summary(const std::filesystem::path& folder, const json& values) {
    write_text(folder / "summary.json", values.dump(2) + "\n");
}

}  // namespace examples
