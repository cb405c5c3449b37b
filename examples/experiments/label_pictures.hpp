#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <lpntk/core/dataset.hpp>
#include <lpntk/core/label_noise.hpp>
#include <lpntk/score/scores.hpp>
#include <lpntk/statistics/detection.hpp>

#include "support/plot.hpp"
#include "support/table.hpp"

/// Pictures of wrong labels found.
namespace experiments {

/// The samples of the highest scores, with the label given and the true one.
inline examples::image_group most_suspect(const lpntk::dataset<float>& truth, const lpntk::noisy_labels& given,
                                          const lpntk::score::named& by, std::size_t count) {
    std::vector<lpntk::index_t> order(by.values.size());
    std::iota(order.begin(), order.end(), lpntk::index_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
        return by.values[static_cast<std::size_t>(a)] > by.values[static_cast<std::size_t>(b)];
    });
    order.resize(std::min(count, order.size()));
    examples::image_group group{"most suspect by " + by.name + " (given label, true label)",
                                lpntk::subset(truth, std::span<const lpntk::index_t>(order)).inputs,
                                {}};
    for (const auto i : order) {
        const auto at = static_cast<std::size_t>(i);
        group.captions.push_back(std::to_string(given.labels[at]) + (given.flipped[at] ? ", is " : " = ") +
                                 std::to_string(truth.labels[at]));
    }
    return group;
}

/// The best lpNTK score, the tail of its clusters, leave-one-out after each pass, and the baselines.
inline examples::figure roc_curves(const std::vector<lpntk::score::named>& scores,
                                   const std::vector<std::size_t>& order, const lpntk::score::named& best,
                                   const lpntk::noisy_labels& given) {
    examples::panel panel{.title = "Finding flipped labels",
                          .x = {.label = "good samples called bad", .low = 0, .high = 0.2},
                          .y = {.label = "flipped samples found", .low = 0, .high = 1},
                          .legend = "bottom right"};
    const auto shown = [&](const std::string& name) {
        const bool baseline = name.find(':') == std::string::npos;
        const bool pass = name.starts_with("pNTK: leave-one-out") && !name.ends_with("probability of the label");
        return baseline || pass || name == best.name || name == "lpNTK: tail cluster";
    };
    for (const std::size_t m : order) {
        const lpntk::score::named& one = scores[m];
        if (!shown(one.name)) continue;
        examples::series line{.label =
                                  one.name + ", AUROC " + examples::number(lpntk::auroc(one.values, given.flipped), 3)};
        for (const auto& point : lpntk::roc_curve(one.values, given.flipped)) {
            line.x.push_back(point.false_positive_rate);
            line.y.push_back(point.true_positive_rate);
        }
        panel.lines.push_back(line);
    }
    return {.panels = {panel}};
}

}  // namespace experiments
