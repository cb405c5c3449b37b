#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/plot.hpp"
#include "support/summary.hpp"
#include "support/table.hpp"

namespace examples {

/// What a program leaves in its --out folder: numbers at once, pictures when all numbers are safe.
class results {
public:
    /// Makes the folder and those above it, and says on stderr if there will be no pictures, as gnuplot is not
    /// installed, where any are wanted. Throws lpntk::file_error unless files can be written there.
    explicit results(std::filesystem::path folder, bool pictures = true);

    /// Folders that were made here and are still empty go away again.
    ~results();
    results(const results&) = delete;
    results& operator=(const results&) = delete;

    /// Where the caller writes a file of its own. finish() tells of it as `called`, or else by its name.
    std::filesystem::path file(const std::string& name, const std::string& called = {});

    /// Writes a table, comma-separated. Throws lpntk::file_error, as does write_summary.
    void write(const std::string& name, const table& values);

    /// Writes summary.json.
    void write_summary(const json& values);

    /// A figure or a contact sheet, for finish() to draw.
    template <class Picture>
    void add_picture(const std::string& name, Picture picture) {
        pictures_.push_back(
            {name, [picture = std::move(picture)](const std::filesystem::path& png) { return draw(picture, png); }});
    }

    /// Draws the pictures, and says on stdout which files there are: those alone that are there. Throws
    /// lpntk::file_error when a picture cannot be written, or when stdout did not take all that was printed.
    void finish();

private:
    struct pending_picture {
        std::string name;
        std::function<bool(const std::filesystem::path&)> draw;
    };

    std::vector<std::string> draw_all();

    std::filesystem::path folder_;
    std::vector<std::filesystem::path> made_;  ///< folders, from the innermost to the outermost
    std::vector<std::string> written_;
    std::vector<pending_picture> pictures_;
    bool can_draw_ = false;
};

/// Throws lpntk::file_error unless stdout has taken everything that was printed.
void require_printed();

}  // namespace examples
