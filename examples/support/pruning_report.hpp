#pragma once

#include <string>
#include <vector>

#include "support/results.hpp"

namespace examples {

/// A network trained on a part of the samples.
struct retrained {
    double kept;  ///< the share of them that it was: less than the ratio asked for where a method finds no more
    double accuracy;
};

/// By method, ratio and seed.
using retrainings = std::vector<std::vector<std::vector<retrained>>>;

/// Mean and deviation of every method and ratio: table.csv, summary.json and pruning.png among the results, and the
/// table on the console. Methods that start with "lpNTK" get a panel of their own; the first is in both.
/// What was kept is told where it is less than the ratio, and is where the picture has it.
void write_pruning_report(results& results, const std::vector<std::string>& names, const std::vector<double>& ratios,
                          const retrainings& found, json summary);

}  // namespace examples
