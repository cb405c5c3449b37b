#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "support/gnuplot.hpp"
#include "support/plot.hpp"

namespace examples::detail {

/// Smallest and largest number seen.
struct range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(double value, bool log) {
        if (!std::isfinite(value) || (log && value <= 0)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    bool empty() const { return low > high; }
};

/// Where an error bar ends; a log axis cannot show what is not above 0.
inline double lower_end(double y, double error, bool log_y) { return log_y ? std::max(y - error, 0.3 * y) : y - error; }

/// Label, scale, range and ticks of the axis x or y; `distinct` are its values when there are few.
void write_axis(std::ostream& out, char name, const axis& values, const range& seen, const std::set<double>& distinct);

/// Where gnuplot puts the legend of this name. Throws lpntk::argument_error for a name that is none.
std::string key_place(const std::string& legend);

/// What gnuplot plots for a series, for boxes, for the heat map of a panel; the data goes into files of the job.
std::vector<std::string> commands_of(gnuplot_job& job, const series& line, int colour, bool log_y);
std::vector<std::string> commands_of(gnuplot_job& job, const boxes& group, int colour, bool crowded);
std::vector<std::string> commands_of_heat(gnuplot_job& job, const panel& p);

}  // namespace examples::detail
