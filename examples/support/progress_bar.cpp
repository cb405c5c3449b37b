#include "support/progress_bar.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include <sys/ioctl.h>
#include <unistd.h>

#include "support/stopwatch.hpp"

namespace examples {

namespace {

std::string duration(double seconds) {
    const auto whole = static_cast<long>(std::lround(std::min(seconds, 359'999.0)));
    char text[32];
    if (whole < 60)
        std::snprintf(text, sizeof text, "%ld s", whole);
    else if (whole < 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld min", whole / 60, whole % 60);
    else
        std::snprintf(text, sizeof text, "%ld:%02ld h", whole / 3600, whole / 60 % 60);
    return text;
}

/// Columns of the terminal behind stderr now.
int terminal_columns() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

class bar {
public:
    bar(std::string what, lpntk::index_t images) : what_(std::move(what)), images_(images) {}
    ~bar() {
        if (shown_at_ >= 0 && !finished_) std::fputc('\n', stderr);  // an error ends the work: its message comes below
    }
    bar(const bar&) = delete;
    bar& operator=(const bar&) = delete;

    void show(lpntk::index_t done, lpntk::index_t total) {
        if (finished_ || total < 1) return;
        const double passed = clock_.seconds();
        const double part = static_cast<double>(done) / static_cast<double>(total);
        const std::string rate = images_ > 0 ? images_a_second(part, passed) : "";
        if (done >= total) {
            finished_ = true;
            const std::string time = duration(passed) + (images_ > 0 ? ", " + rate : "");
            std::fprintf(stderr, "\r\033[K%s\n", finished_line(what_, time, terminal_columns()).c_str());
            return;
        }
        if (passed - shown_at_ < 0.1) return;
        shown_at_ = passed;
        const std::string left = done > 0 && passed > 0.5 ? duration(passed * (1 - part) / part) + " left" : "";
        std::fprintf(stderr, "\r\033[K%s", progress_line(what_, part, left, rate, terminal_columns()).c_str());
        std::fflush(stderr);
    }

private:
    std::string images_a_second(double part, double passed) const {
        const double rate = passed > 0 ? part * static_cast<double>(images_) / passed : 0;
        return std::to_string(std::lround(rate)) + " images/s";
    }

    std::string what_;
    lpntk::index_t images_;
    stopwatch clock_;
    double shown_at_ = -1;
    bool finished_ = false;
};

}  // namespace

lpntk::progress progress_bar(const std::string& what, lpntk::index_t images) {
    if (isatty(STDERR_FILENO) == 0) return {};
    return [state = std::make_shared<bar>(what, images)](lpntk::index_t done, lpntk::index_t total) {
        state->show(done, total);
    };
}

}  // namespace examples
