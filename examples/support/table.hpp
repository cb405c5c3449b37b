#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace examples {

/// A header and rows of text, all of the same length.
struct table {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
};

/// For the console: columns aligned, numbers to the right.
std::string text(const table& values);

/// Comma-separated, quoted where it has to be.
std::string csv(const table& values);

/// How many characters a console shows for this UTF-8 text.
std::size_t shown(const std::string& text);

/// The number with so many decimals.
std::string number(double value, int decimals = 3);

struct mean_and_deviation {
    double mean = 0;
    double deviation = 0;  ///< of the sample, divided by n - 1; 0 for one value
};

/// Mean and standard deviation; NaN for no values.
mean_and_deviation spread(std::span<const double> values);

/// "mean ± deviation", the mean alone for one value.
std::string spread_text(std::span<const double> values, int decimals = 4);

}  // namespace examples
