#include "support/gnuplot.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <system_error>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lpntk/core/require.hpp>

#include "support/summary.hpp"

namespace examples {

namespace {

constexpr int not_found = 127;

std::string said(int error) { return std::generic_category().message(error); }

/// Runs gnuplot with one argument in the folder, without a shell, and has it complain into a file there; what
/// waitpid says of its end.
int run_gnuplot(const std::filesystem::path& folder, const char* complaints, const char* argument) {
    const pid_t child = fork();
    if (child < 0) return W_EXITCODE(not_found, 0);
    if (child == 0) {
        if (chdir(folder.c_str()) != 0) _exit(not_found);
        const int nothing = open("/dev/null", O_RDWR);
        const int file = open(complaints, O_WRONLY | O_CREAT, 0600);
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(file, STDERR_FILENO);
        execlp("gnuplot", "gnuplot", "-d", argument, static_cast<char*>(nullptr));
        _exit(not_found);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/// Why gnuplot failed: the last line in which it says something, as above that it repeats the command.
std::string complaint(const std::filesystem::path& file, int status) {
    if (WIFSIGNALED(status)) return std::string("it was ended by ") + strsignal(WTERMSIG(status));
    std::ifstream stream(file);
    std::string said;
    for (std::string line; std::getline(stream, line);)
        if (line.find_first_not_of(" ^") != std::string::npos) said = line;
    return said;
}

/// Whether a PNG ends as it has to: on a full disk gnuplot leaves a part of one, and does not complain.
bool is_whole(const std::filesystem::path& png) {
    constexpr char end[] = {'I', 'E', 'N', 'D', '\xAE', '\x42', '\x60', '\x82'};
    char last[sizeof end] = {};
    std::ifstream stream(png, std::ios::binary);
    stream.seekg(-static_cast<std::streamoff>(sizeof end), std::ios::end);
    stream.read(last, sizeof last);
    return stream && std::memcmp(last, end, sizeof end) == 0;
}

void write_data(const std::filesystem::path& file, const std::string& content) {
    std::FILE* const stream = std::fopen(file.c_str(), "wb");
    const bool written = stream != nullptr && std::fwrite(content.data(), 1, content.size(), stream) == content.size();
    const int failure = errno;
    if (stream == nullptr || std::fclose(stream) != 0) throw lpntk::file_error(file.string(), said(errno));
    if (!written) throw lpntk::file_error(file.string(), said(failure));
}

}  // namespace

bool gnuplot_runs() { return run_gnuplot("/", "/dev/null", "--version") == 0; }

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

gnuplot_job::gnuplot_job(const std::filesystem::path& png, int width, int height) : png_(png) {
    const std::filesystem::path beside = png.has_parent_path() ? png.parent_path() : ".";
    prepare_folder(beside);
    std::string pattern = (beside / ".plot-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw lpntk::file_error(beside.string(), "no folder can be made in it: " + said(errno));
    folder_ = pattern;
    script_.precision(9);
    for (const char* terminal : {"png", "pngcairo"})  // the better one last
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
    write_data(folder_ / name, content);
    return quote(name);
}

bool gnuplot_job::run() {
    script_ << "\nunset output\n";
    write_data(folder_ / "script.gp", script_.str());
    const int status = run_gnuplot(folder_, "complaints", "script.gp");
    if (status != 0) {
        const bool found = !WIFEXITED(status) || WEXITSTATUS(status) != not_found;
        std::cerr << png_.string() << " is skipped: gnuplot "
                  << (found ? "fails: " + complaint(folder_ / "complaints", status) : "is not installed") << '\n';
        return false;
    }
    const std::filesystem::path picture = folder_ / "picture.png";
    if (!is_whole(picture)) {
        std::error_code unknown;
        throw lpntk::file_error(png_.string(), "gnuplot could not write the whole picture; on the disk " +
                                                   std::to_string(std::filesystem::space(folder_, unknown).available) +
                                                   " bytes are free");
    }
    std::error_code failure;
    std::filesystem::rename(picture, png_, failure);
    if (failure) throw lpntk::file_error(png_.string(), "cannot be written: " + failure.message());
    return true;
}

}  // namespace examples
