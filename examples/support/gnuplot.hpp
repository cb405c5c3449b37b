#pragma once

#include <filesystem>
#include <span>
#include <sstream>
#include <string>

namespace examples {

/// A gnuplot script with its data, in a folder of its own that goes away at the end. Names of files outside never
/// enter the script, and text enters it quoted, so nothing a user types can become a command.
class gnuplot_job {
public:
    /// Starts a script for a PNG of so many pixels.
    gnuplot_job(int width, int height);
    ~gnuplot_job();
    gnuplot_job(const gnuplot_job&) = delete;
    gnuplot_job& operator=(const gnuplot_job&) = delete;

    /// The script written so far.
    std::ostream& script() { return script_; }

    /// Writes a file into the folder and returns its name, quoted for the script.
    std::string file(const std::string& content);

    /// Runs the script and moves the picture to `png`; see draw() in plot.hpp for what it returns and throws.
    bool run(const std::filesystem::path& png);

private:
    std::filesystem::path folder_;
    std::ostringstream script_;
    int files_ = 0;
};

/// Text as a gnuplot expression: single quotes, in which nothing is special; several lines are joined.
std::string quote(const std::string& text);

}  // namespace examples
