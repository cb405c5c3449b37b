#include "support/gnuplot.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lpntk/core/require.hpp>

#include "support/summary.hpp"

namespace examples {

namespace {

constexpr int not_found = 127;

/// Runs gnuplot on script.gp in the folder, without a shell; its exit code.
int run_in(const std::filesystem::path& folder) {
    const std::string where = folder.string();
    const pid_t child = fork();
    if (child < 0) return not_found;
    if (child == 0) {
        const int nothing = open("/dev/null", O_RDWR);
        const int complaints = open((where + "/complaints").c_str(), O_WRONLY | O_CREAT, 0600);
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(complaints, STDERR_FILENO);
        if (chdir(where.c_str()) != 0) _exit(not_found);
        execlp("gnuplot", "gnuplot", "-d", "script.gp", static_cast<char*>(nullptr));
        _exit(not_found);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// The last line that says something: above it gnuplot repeats the command.
std::string complaint_in(const std::filesystem::path& folder) {
    std::ifstream stream(folder / "complaints");
    std::string said;
    for (std::string line; std::getline(stream, line);)
        if (line.find_first_not_of(" ^") != std::string::npos) said = line;
    return said;
}

}  // namespace

std::string quote(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\n')
            quoted += "'.\"\\n\".'";
        else if (c == '\'')
            quoted += "''";
        else
            quoted += c;
    }
    return quoted + "'";
}

gnuplot_job::gnuplot_job(int width, int height) {
    std::string pattern = (std::filesystem::temp_directory_path() / "lpntk-plot-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw lpntk::file_error(pattern, "this folder cannot be made");
    folder_ = pattern;
    script_.precision(9);
    for (const char* terminal : {"png", "pngcairo"})   // the better one last
        script_ << "if (strstrt(GPVAL_TERMINALS, '" << terminal << "') > 0) { set terminal " << terminal
                << " noenhanced size " << width << ',' << height << " font 'Sans,13' background rgb '#ffffff' }\n";
    script_ << "set output 'picture.png'\nset encoding utf8\n";
}

gnuplot_job::~gnuplot_job() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string gnuplot_job::file(const std::string& content) {
    const std::string name = "data" + std::to_string(files_++);
    write_text(folder_ / name, content);
    return quote(name);
}

bool gnuplot_job::run(const std::filesystem::path& png) {
    script_ << "\nunset output\n";
    write_text(folder_ / "script.gp", script_.str());
    const int code = run_in(folder_);
    if (code != 0) {
        static bool said = false;
        if (code == not_found && !said)
            std::cerr << "gnuplot is not installed: pictures are skipped\n";
        else if (code != not_found)
            std::cerr << png.string() << " is skipped: gnuplot says: " << complaint_in(folder_) << '\n';
        said = said || code == not_found;
        return false;
    }
    std::ifstream picture(folder_ / "picture.png", std::ios::binary);
    if (!picture) throw lpntk::file_error(png.string(), "cannot be written: gnuplot made no picture");
    write_text(png, std::string(std::istreambuf_iterator<char>(picture), {}));
    return true;
}

}  // namespace examples
