#include "support/plot.hpp"

#include <algorithm>
#include <set>

#include <lpntk/core/require.hpp>

#include "support/gnuplot.hpp"
#include "support/plot_parts.hpp"

namespace examples {

namespace {

/// A rectangle of the picture in parts of its width and height, from the lower left corner.
struct place {
    double x, y, width, height;
};

void write_panel(gnuplot_job& job, const panel& p, const place& at) {
    std::ostream& out = job.script();
    detail::range x_seen, y_seen;
    std::set<double> x_values;
    for (const series& line : p.lines) {
        for (const double value : line.x) {
            x_seen.add(value, p.x.log);
            if (x_values.size() <= 10) x_values.insert(value);
        }
        for (std::size_t i = 0; i < line.y.size(); ++i) {
            const double error = i < line.error.size() ? line.error[i] : 0.0;
            y_seen.add(detail::lower_end(line.y[i], error, p.y.log), p.y.log);
            y_seen.add(line.y[i] + error, p.y.log);
        }
    }
    for (const boxes& group : p.bars)
        for (const box& item : group.items) {
            x_seen.add(item.left, p.x.log);
            x_seen.add(item.right, p.x.log);
            x_values.insert(item.left);
            y_seen.add(item.height, p.y.log);
        }
    detail::write_axis(out, 'x', p.x, x_seen, p.bars.empty() ? x_values : std::set<double>());
    detail::write_axis(out, 'y', p.y, y_seen, {});
    const bool named = std::any_of(p.lines.begin(), p.lines.end(), [](const series& l) { return !l.label.empty(); }) ||
                       std::any_of(p.bars.begin(), p.bars.end(), [](const boxes& b) { return !b.label.empty(); });
    const bool key_above = named && p.legend == "above";
    out << "unset object\nset title " << quote(p.title) << " font ',14' tc rgb '#222222' offset 0,"
        << (key_above ? 1.3 : -0.3) << "\nset tmargin " << (key_above ? 4.4 : 2.4) << "\nset rmargin "
        << (named && p.legend == "outside" ? -1 : 2.5) << '\n';
    if (named && p.legend != "off")
        out << "set key " << detail::key_place(p.legend)
            << " Left reverse noautotitle samplen 1.6 spacing 1.15 font ',12' "
            << (p.legend == "above" ? "noopaque nobox height 0\n"
                                    : "vertical opaque box lc rgb '#dddddd' height 0.4\n");
    else
        out << "set key off\n";
    const bool heat = p.heat.size() > 0;
    out << "set origin " << at.x << ',' << at.y << "\nset size " << (heat ? "square " : "nosquare ") << at.width << ','
        << at.height << '\n';
    out << (heat ? "unset grid\n" : "set grid xtics ytics lt 1 lc rgb '#e8e8e8' lw 0.8 back\n");
    if (!p.bars.empty()) out << "set grid noxtics\n";

    std::vector<std::string> commands = heat ? detail::commands_of_heat(job, p) : std::vector<std::string>();
    int next = 0;
    const auto append = [&](std::vector<std::string> more) {
        commands.insert(commands.end(), more.begin(), more.end());
    };
    for (const boxes& group : p.bars)
        append(detail::commands_of(job, group, next++, p.bars.size() * group.items.size() > 7));
    for (const series& line : p.lines)
        append(detail::commands_of(job, line, line.colour == -1 ? next++ : line.colour, p.y.log));
    if (commands.empty()) {
        out << "set xrange [0:1]\nset yrange [0:1]\nunset logscale\n";
        commands.push_back("NaN notitle");
    }
    for (std::size_t i = 0; i < commands.size(); ++i) out << (i == 0 ? "plot " : ", \\\n     ") << commands[i];
    out << '\n';
}

}  // namespace

bool draw(const figure& picture, const std::filesystem::path& png) {
    lpntk::require(!picture.panels.empty(), "draw", "number of panels", 0, ">= 1");
    const int count = static_cast<int>(picture.panels.size());
    const int columns = std::min(count, picture.columns > 0 ? picture.columns : (count == 4 ? 2 : 3));
    const int rows = (count + columns - 1) / columns;
    const int title = picture.title.empty() ? 0 : 46;
    const bool heat =
        std::any_of(picture.panels.begin(), picture.panels.end(), [](const panel& p) { return p.heat.size() > 0; });
    const double shape = heat ? 0.82 : columns == 1 ? 0.56 : 0.74;
    const int height =
        picture.height > 0 ? picture.height : static_cast<int>(picture.width * shape / columns) * rows + title;
    gnuplot_job job(png, picture.width, height);
    job.script() << "set border 3 lw 1 lc rgb '#555555'\nset tics textcolor rgb '#333333' font ',12'\n"
                 << "set style fill solid\nset errorbars 0.6\nset bmargin 3.6\nset lmargin 9.5\n";
    job.script() << "set multiplot\n";
    if (title > 0)
        job.script() << "set label 1 " << quote(picture.title) << " at screen 0.5,screen "
                     << 1.0 - 0.55 * title / height << " center font ',17' tc rgb '#111111'\n";
    const double above = static_cast<double>(title) / height;
    const place tile{0, 0, 1.0 / columns, (1.0 - above) / rows};
    for (int i = 0; i < count; ++i) {
        write_panel(
            job, picture.panels[static_cast<std::size_t>(i)],
            {tile.width * (i % columns), 1.0 - above - tile.height * (1 + i / columns), tile.width, tile.height});
        job.script() << "unset label 1\n";
    }
    job.script() << "unset multiplot\n";
    return job.run();
}

}  // namespace examples
