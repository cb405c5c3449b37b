#include <algorithm>
#include <cmath>
#include <sstream>

#include <lpntk/core/require.hpp>

#include "support/plot.hpp"
#include "support/table.hpp"

namespace examples {

using lpntk::index_t;

panel bar_chart(std::string title, std::string y_label, const std::vector<std::string>& names,
                const std::vector<bars>& groups, std::optional<double> low, std::optional<double> high) {
    panel p;
    p.title = std::move(title);
    p.y = {.label = std::move(y_label), .low = low, .high = high};
    if (!low) p.y.low = 0.0;
    p.x = {.low = -0.6, .high = static_cast<double>(names.size()) - 0.4};
    for (std::size_t i = 0; i < names.size(); ++i) p.x.ticks.emplace_back(static_cast<double>(i), names[i]);
    double top = low.value_or(0.0);
    for (const bars& group : groups)
        for (std::size_t i = 0; i < group.values.size(); ++i)
            if (std::isfinite(group.values[i]))
                top = std::max(top, group.values[i] + (group.errors.empty() ? 0.0 : group.errors.at(i)));
    if (!high && top > *p.y.low) p.y.high = top + 0.10 * (top - *p.y.low);  // room for the numbers
    p.legend = "above";
    const bool numbers = groups.size() * names.size() <= 18;
    const double width = 0.72 / static_cast<double>(std::max<std::size_t>(groups.size(), 1));
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const bars& group = groups[g];
        lpntk::require(group.values.size() == names.size(), "bar_chart", "number of values", group.values.size(),
                       names.size());
        boxes drawn{group.label, {}};
        for (std::size_t i = 0; i < names.size(); ++i) {
            const double left = static_cast<double>(i) - 0.36 + width * static_cast<double>(g);
            const double value = group.values[i];
            std::ostringstream text;
            if (numbers && std::abs(value) < 10) text << number(value, 3);
            if (numbers && std::abs(value) >= 10) text << std::lround(value);
            drawn.items.push_back({left + 0.03 * width, left + 0.97 * width, value,
                                   group.errors.empty() ? 0.0 : group.errors.at(i), text.str()});
        }
        p.bars.push_back(std::move(drawn));
    }
    return p;
}

panel size_distribution(std::string title, const std::vector<index_t>& cluster_sizes) {
    panel p;
    p.title = std::move(title);
    p.y = {.label = "number of clusters", .log = true, .low = 0.7};
    std::vector<index_t> counts;  // sizes 1, 2, 3-4, 5-8, ...: bin b ends with 2^b
    for (const index_t size : cluster_sizes) {
        std::size_t bin = 0;
        while ((index_t{1} << bin) < size) ++bin;
        if (counts.size() <= bin) counts.resize(bin + 1, 0);
        if (size > 0) ++counts[bin];
    }
    boxes drawn;
    double most = 1;
    for (std::size_t b = 0; b < counts.size(); ++b) {
        const index_t last = index_t{1} << b;
        const index_t first = b == 0 ? 1 : last / 2 + 1;
        const std::string name =
            first == last ? std::to_string(last) : std::to_string(first) + "–" + std::to_string(last);
        const auto place = static_cast<double>(b);
        p.x.ticks.emplace_back(place, name);
        most = std::max(most, static_cast<double>(counts[b]));
        if (counts[b] > 0)
            drawn.items.push_back(
                {place - 0.42, place + 0.42, static_cast<double>(counts[b]), 0.0, std::to_string(counts[b])});
    }
    p.x.label = "members of the cluster";
    p.x.low = -0.6;
    p.x.high = static_cast<double>(counts.size()) - 0.4;
    p.y.high = 2.5 * most;
    p.bars.push_back(std::move(drawn));
    return p;
}

}  // namespace examples
