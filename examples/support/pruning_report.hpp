#pragma once

#include <string>
#include <vector>

#include "support/results.hpp"

namespace examples {

/// Accuracies by method, ratio and seed.
using accuracies = std::vector<std::vector<std::vector<double>>>;

/// Mean and deviation of every method and ratio: table.csv, summary.json and pruning.png among the results, and the
/// table on the console. Methods that start with "lpNTK" get a panel of their own; the first is in both.
void write_pruning_report(results& results, const std::vector<std::string>& names, const std::vector<double>& ratios,
                          const accuracies& found, json summary);

}  // namespace examples
