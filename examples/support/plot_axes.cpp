#include "support/plot_parts.hpp"

#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <lpntk/core/require.hpp>

namespace examples::detail {

namespace {

/// Ticks of a log axis: the values themselves when there are few, else powers of ten, for a short range also their
/// double and fivefold.
std::vector<std::pair<double, std::string>> log_ticks(const range& seen, const std::set<double>& values) {
    std::vector<std::pair<double, std::string>> ticks;
    const auto add = [&](double at) {
        std::ostringstream text;
        text << at;
        ticks.emplace_back(at, text.str());
    };
    if (values.size() <= 10 && !values.empty() && *values.begin() > 0) {
        for (const double value : values) add(value);
        return ticks;
    }
    if (seen.empty()) return ticks;
    const double decades = std::log10(seen.high / seen.low);
    const int last = static_cast<int>(std::ceil(std::log10(seen.high)));
    const int every = decades > 12 ? 3 : 1;
    for (int power = static_cast<int>(std::floor(std::log10(seen.low))); power <= last; power += every)
        for (const double factor : {1.0, 2.0, 5.0})
            if (factor == 1.0 || decades < 2.2) add(factor * std::pow(10.0, power));
    return ticks;
}

}  // namespace

void write_axis(std::ostream& out, char name, const axis& values, const range& seen, const std::set<double>& distinct) {
    out << "set " << name << "label " << quote(values.label) << " offset 0,0\n";
    out << (values.log ? "set" : "unset") << " logscale " << name << '\n';
    const double margin =
        values.log && !seen.empty() ? 1.05 * std::pow(seen.high / seen.low, 0.04) : 0.0;  // 0: gnuplot's choice
    out << "set " << name << "range [";
    const auto write_end = [&](const std::optional<double>& given, double fitted) {
        if (given || margin > 0)
            out << given.value_or(fitted);
        else
            out << '*';
    };
    write_end(values.low, seen.low / margin);
    out << ':';
    write_end(values.high, seen.high * margin);
    out << "]\n";
    const auto ticks = values.ticks.empty() && values.log ? log_ticks(seen, distinct) : values.ticks;
    out << "set " << name << "tics nomirror out scale 0.5,0.3";
    if (!ticks.empty()) {
        out << " (";
        std::size_t letters = 0;
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            out << (i > 0 ? ", " : "") << quote(ticks[i].second) << ' ' << ticks[i].first;
            letters += ticks[i].second.size() + 2;
        }
        out << ')' << (name == 'x' && letters > 90 ? " rotate by 30 right" : " norotate");
    } else {
        out << " autofreq norotate";
    }
    out << '\n';
}

std::string key_place(const std::string& legend) {
    static const std::map<std::string, std::string> places{
        {"top right", "inside right top"},
        {"top left", "inside left top"},
        {"bottom right", "inside right bottom"},
        {"bottom left", "inside left bottom"},
        {"outside", "outside right top"},
        {"above", "at graph 0.5,graph 1.06 center center horizontal maxrows 1"},
        {"off", ""}};
    const auto place = places.find(legend);
    lpntk::require(place != places.end(), "draw", "legend", legend, "top/bottom left/right, outside, above or off");
    return place->second;
}

}  // namespace examples::detail
