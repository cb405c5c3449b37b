#include <algorithm>

#include "support/progress_bar.hpp"
#include "support/table.hpp"

namespace examples {

namespace {

constexpr int usual_text = 28;  // bars that follow one another stand in one column
constexpr int least_text = 12;
constexpr int longest_bar = 30;
constexpr int least_bar = 10;
constexpr int frame = 3;       // " [" and "]"
constexpr int percent = 6;     // " 100 %"
constexpr int time_left = 16;  // "  59:59 min left"
constexpr int speed = 17;      // "  123456 images/s"

int length(const std::string& text) { return static_cast<int>(shown(text)); }

std::string repeated(char c, int times) { return std::string(static_cast<std::size_t>(std::max(times, 0)), c); }

/// The text on exactly so many columns: filled up with blanks, or cut and ended by a dot.
std::string fitted(const std::string& text, int columns) {
    if (length(text) <= columns) return text + repeated(' ', columns - length(text));
    if (columns < 1) return {};
    std::size_t end = 0;
    for (int kept = 0; kept < columns - 1; ++kept)
        for (++end; end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U;) ++end;
    return text.substr(0, end) + '.';
}

}  // namespace

std::string progress_line(const std::string& what, double part, const std::string& left, const std::string& rate,
                          int columns) {
    part = std::clamp(part, 0.0, 1.0);
    int room = columns - 1 - percent;  // the last column stays free: some terminals wrap when it is filled
    const bool tells_time = room - time_left >= least_text && length(left) + 2 <= time_left;
    if (tells_time) room -= time_left;
    int text = std::max(usual_text, length(what));
    const bool tells_rate = tells_time && !rate.empty() && room - speed - frame - least_bar >= text;
    if (tells_rate) room -= speed;
    int bar = std::clamp(room - text - frame, least_bar, longest_bar);
    if (room - bar - frame < least_text) bar = 0;
    text = std::min(text, bar > 0 ? room - bar - frame : room);
    const int full = static_cast<int>(part * bar);
    std::string line = fitted(what, text);
    if (bar > 0) line += " [" + repeated('#', full) + repeated('.', bar - full) + ']';
    const std::string number = std::to_string(static_cast<int>(100 * part));
    line += repeated(' ', percent - 2 - length(number)) + number + " %";
    if (tells_rate) line += repeated(' ', speed - length(rate)) + fitted(rate, std::min(length(rate), speed - 2));
    if (tells_time && !left.empty()) line += "  " + left;
    return line;
}

std::string finished_line(const std::string& what, const std::string& time, int columns) {
    const std::string done = " done in " + time;
    const int room = columns - 1 - length(done);
    if (room < 1) return fitted(what, columns - 1);
    return fitted(what, std::min(room, std::max(usual_text, length(what)))) + done;
}

}  // namespace examples
