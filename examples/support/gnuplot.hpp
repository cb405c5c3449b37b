#pragma once

#include <filesystem>
#include <span>
#include <sstream>
#include <string>

namespace examples {

/// Whether a program called gnuplot can be run.
bool gnuplot_runs();

/// A gnuplot script with its data, in a folder of its own beside the picture that goes away at the end. Names of files
/// outside never enter the script, and text enters it quoted, so nothing a user types can become a command.
class gnuplot_job {
public:
    /// Starts a script for a PNG of so many pixels. Throws lpntk::file_error, as does file(), when nothing can be
    /// written beside it.
    gnuplot_job(const std::filesystem::path& png, int width, int height);
    ~gnuplot_job();
    gnuplot_job(const gnuplot_job&) = delete;
    gnuplot_job& operator=(const gnuplot_job&) = delete;

    /// The script written so far.
    std::ostream& script() { return script_; }

    /// Writes a file into the folder and returns its name, quoted for the script.
    std::string file(const std::string& content);

    /// Runs the script and moves the picture to its place; see draw() in plot.hpp for what it returns and throws.
    bool run();

private:
    std::filesystem::path png_;
    std::filesystem::path folder_;
    std::ostringstream script_;
    int files_ = 0;
};

/// Text as a gnuplot expression: single quotes, in which nothing is special; several lines are joined.
std::string quote(const std::string& text);

}  // namespace examples
