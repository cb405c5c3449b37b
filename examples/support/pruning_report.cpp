#include "support/pruning_report.hpp"

#include <cstdio>

namespace examples {

void write_pruning_report(results& results, const std::vector<std::string>& names, const std::vector<double>& ratios,
                          const retrainings& found, json summary) {
    table report{{"method"}, {}};
    for (const double ratio : ratios) report.header.push_back(number(100 * ratio, 0) + " %");
    panel by_kernel{.title = "Selection by lpNTK",
                    .x = {.label = "fraction kept"},
                    .y = {.label = "test accuracy"},
                    .legend = "outside"};
    panel by_others = by_kernel;
    by_others.title = "Baselines";
    for (std::size_t m = 0; m < names.size(); ++m) {
        std::vector<std::string> row{names[m]};
        series line{.label = names[m], .style = m == 0 ? mark::dashed : mark::line_points};
        for (std::size_t r = 0; r < ratios.size(); ++r) {
            std::vector<double> shares, accuracies;
            for (const retrained& one : found[m][r]) {
                shares.push_back(one.kept);
                accuracies.push_back(one.accuracy);
            }
            const double kept = spread(shares).mean;
            const auto [mean, deviation] = spread(accuracies);
            row.push_back(number(100 * mean, 2) + " ± " + number(100 * deviation, 2) +
                          (kept < 0.99 * ratios[r] ? " (" + number(100 * kept, 0) + " %)" : ""));
            line.x.push_back(kept);
            line.y.push_back(mean);
            summary["methods"][names[m]].push_back(
                {{"ratio", ratios[r]}, {"kept", kept}, {"mean", mean}, {"deviation", deviation}});
        }
        report.rows.push_back(row);
        const bool kernel = names[m].starts_with("lpNTK");
        if (kernel || m == 0) by_kernel.lines.push_back(line);
        if (!kernel) by_others.lines.push_back(line);
    }
    std::printf(
        "test accuracy in %%, mean and standard deviation over the seeds; in brackets the share kept where it is "
        "less\n%s",
        text(report).c_str());
    results.write("table.csv", report);
    results.write_summary(summary);
    results.add_picture("pruning.png", figure{.panels = {by_kernel, by_others}, .width = 1500});
}

}  // namespace examples
