#include "support/table.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iomanip>
#include <limits>
#include <sstream>

namespace examples {

namespace {

bool looks_like_number(const std::string& cell) {
    return !cell.empty() && (std::isdigit(static_cast<unsigned char>(cell.front())) != 0 || cell.front() == '-');
}

std::string quoted(const std::string& cell) {
    if (cell.find_first_of(",\"\n") == std::string::npos) return cell;
    std::string escaped = "\"";
    for (const char c : cell) escaped += c == '"' ? std::string("\"\"") : std::string(1, c);
    return escaped + "\"";
}

}  // namespace

std::size_t shown(const std::string& text) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };  // not a continuation
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts));
}

std::string text(const table& values) {
    std::vector<std::size_t> widths;
    for (const std::string& cell : values.header) widths.push_back(shown(cell));
    for (const auto& row : values.rows)
        for (std::size_t c = 0; c < row.size() && c < widths.size(); ++c)
            widths[c] = std::max(widths[c], shown(row[c]));
    std::ostringstream lines;
    const auto write = [&](const std::vector<std::string>& row, const std::vector<std::string>& like) {
        for (std::size_t c = 0; c < widths.size() && c < row.size(); ++c) {
            const std::string space(widths[c] - shown(row[c]), ' ');
            const bool right = c < like.size() && looks_like_number(like[c]);
            lines << (c > 0 ? "  " : "") << (right ? space + row[c] : row[c] + space);
        }
        lines << '\n';
    };
    write(values.header, values.rows.empty() ? values.header : values.rows.front());
    for (const auto& row : values.rows) write(row, row);
    return lines.str();
}

std::string csv(const table& values) {
    std::string lines;
    const auto write = [&](const std::vector<std::string>& row) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (c > 0) lines += ',';
            lines += quoted(row[c]);
        }
        lines += '\n';
    };
    write(values.header);
    for (const auto& row : values.rows) write(row);
    return lines;
}

std::string number(double value, int decimals) {
    std::ostringstream stream;
    stream << std::fixed << std::setprecision(decimals) << value;
    return stream.str();
}

mean_and_deviation spread(std::span<const double> values) {
    if (values.empty()) return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    const auto count = static_cast<double>(values.size());
    mean_and_deviation result;
    for (const double value : values) result.mean += value / count;
    for (const double value : values) result.deviation += (value - result.mean) * (value - result.mean);
    result.deviation = values.size() < 2 ? 0.0 : std::sqrt(result.deviation / (count - 1.0));
    return result;
}

std::string spread_text(std::span<const double> values, int decimals) {
    const auto [mean, deviation] = spread(values);
    return number(mean, decimals) + (values.size() > 1 ? " ± " + number(deviation, decimals) : "");
}

}  // namespace examples
