#include "support/progress_bar.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

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

struct bar {
    std::string what;
    stopwatch clock;
    double shown_at = -1;
    bool finished = false;

    void show(lpntk::index_t done, lpntk::index_t total) {
        if (finished || total < 1) return;
        const double passed = clock.seconds();
        if (done >= total) {
            finished = true;
            std::fprintf(stderr, "\r\033[K%-28s done in %s\n", what.c_str(), duration(passed).c_str());
            return;
        }
        if (passed - shown_at < 0.1) return;
        shown_at = passed;
        const double part = static_cast<double>(done) / static_cast<double>(total);
        constexpr int width = 30;
        const int full = static_cast<int>(part * width);
        const std::string left = done > 0 && passed > 0.5 ? duration(passed * (1 - part) / part) + " left" : "";
        std::fprintf(stderr, "\r\033[K%-28s [%s%s] %3d %%  %s", what.c_str(), std::string(static_cast<std::size_t>(full), '#').c_str(),
                     std::string(static_cast<std::size_t>(width - full), '.').c_str(), static_cast<int>(100 * part), left.c_str());
        std::fflush(stderr);
    }
};

}  // namespace

lpntk::progress progress_bar(const std::string& what) {
    if (isatty(STDERR_FILENO) == 0) return {};
    return [state = std::make_shared<bar>(bar{what, {}})](lpntk::index_t done, lpntk::index_t total) {
        state->show(done, total);
    };
}

}  // namespace examples
