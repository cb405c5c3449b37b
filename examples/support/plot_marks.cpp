#include "support/plot_parts.hpp"

#include <array>
#include <sstream>

#include <lpntk/core/require.hpp>

namespace examples::detail {

namespace {

/// Colours that the colour-blind tell apart (Okabe and Ito), as RRGGBB.
constexpr std::array<const char*, 7> palette{"0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9", "7A5195"};
constexpr const char* grey = "8A8A8A";

std::string colour(int index, const char* alpha = "") {
    return std::string("'#") + alpha + (index < 0 ? grey : palette[static_cast<std::size_t>(index) % palette.size()]) +
           "'";
}

/// A disc; a square and a triangle where the palette starts again.
const char* point(int index) {
    constexpr std::array<const char*, 3> shapes{"7", "5", "9"};
    return shapes[index < 0 ? 0 : static_cast<std::size_t>(index) / palette.size() % shapes.size()];
}

/// The lines of data of a series: x, y, lower and upper end of the error.
std::string rows_of(const series& line, bool log_y) {
    lpntk::require(line.x.size() == line.y.size(), "draw", "number of y values", line.y.size(), line.x.size());
    lpntk::require(line.error.empty() || line.error.size() == line.y.size(), "draw", "number of errors",
                   line.error.size(), line.y.size());
    std::ostringstream rows;
    rows.precision(9);
    for (std::size_t i = 0; i < line.x.size(); ++i) {
        const double y = line.y[i];
        const double error = line.error.empty() ? 0.0 : line.error[i];
        if (!std::isfinite(y) || !std::isfinite(line.x[i]) || !std::isfinite(error)) {
            rows << "\n";  // a gap
            continue;
        }
        rows << line.x[i] << ' ' << y << ' ' << lower_end(y, error, log_y) << ' ' << y + error << '\n';
    }
    const std::string text = rows.str();
    return text.find_first_not_of('\n') == std::string::npos ? std::string() : text;
}

}  // namespace

/// What gnuplot draws for a series.
std::vector<std::string> commands_of(gnuplot_job& job, const series& line, int index, bool log_y) {
    const std::string rows = rows_of(line, log_y);
    if (rows.empty()) return {};
    const std::string data = job.file(rows);
    const std::string title = " title " + quote(line.label);
    const bool many = line.x.size() > 150;
    std::vector<std::string> commands;
    if (!line.error.empty() && line.band)
        commands.push_back(data + " using 1:3:4 with filledcurves fs solid noborder lc rgb " + colour(index, "D0"));
    if (!line.error.empty() && !line.band)
        commands.push_back(data + " using 1:2:3:4 with yerrorbars pt 7 ps 0.01 lw 1.3 lc rgb " + colour(index));
    std::string style;
    switch (line.style) {
        case mark::line:
            style = " with lines lw 2.4";
            break;
        case mark::dashed:
            style = " with lines lw 1.8 dt (10,6)";
            break;
        case mark::steps:
            style = " with steps lw 2.2";
            break;
        case mark::line_points:
            style = std::string(" with linespoints lw 2.2 ps 1.1 pt ") + point(index);
            break;
        case mark::points:
            style = std::string(" with points ps ") + (many ? "0.55" : "1.0") + " pt " + point(index);
            break;
    }
    const bool faint = line.style == mark::points && many;
    commands.push_back(data + " using 1:2" + style + " lc rgb " + colour(index, faint ? "80" : "") + title);
    return commands;
}

std::vector<std::string> commands_of(gnuplot_job& job, const boxes& group, int index, bool crowded) {
    std::ostringstream rows, texts, errors;
    for (const box& item : group.items) {
        if (!std::isfinite(item.height)) continue;
        const double middle = 0.5 * (item.left + item.right);
        rows << middle << ' ' << item.height << ' ' << item.right - item.left << '\n';
        if (item.error > 0) errors << middle << ' ' << item.height - item.error << ' ' << 2 * item.error << '\n';
        if (!item.text.empty()) texts << middle << ' ' << item.height + item.error << " \"" << item.text << "\"\n";
    }
    if (rows.str().empty()) return {};
    std::vector<std::string> commands{job.file(rows.str()) + " using 1:2:3 with boxes fs solid 0.85 noborder lc rgb " +
                                      colour(index) + " title " + quote(group.label)};
    if (!errors.str().empty())
        commands.push_back(job.file(errors.str()) +
                           " using 1:2:(0):3 with vectors heads size graph 0.007,90 lw 1.6 lc rgb '#333333'");
    if (!texts.str().empty())
        commands.push_back(job.file(texts.str()) + " using 1:2:3 with labels offset 0,0.6 font '," +
                           (crowded ? "9" : "11") + "' tc rgb '#333333'");
    return commands;
}

}  // namespace examples::detail
