#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Pearson correlation of pairs that come one by one (Welford's updates: no cancellation for large means).
class running_correlation {
public:
    /// One pair more, both finite; O(1).
    void add(double x, double y) {
        ++count_;
        const double n = static_cast<double>(count_), dx = x - mean_x_, dy = y - mean_y_;
        mean_x_ += dx / n;
        mean_y_ += dy / n;
        xx_ += dx * (x - mean_x_);
        yy_ += dy * (y - mean_y_);
        xy_ += dx * (y - mean_y_);
    }

    index_t count() const { return count_; }  ///< pairs so far

    /// NaN for fewer than two pairs, or when one side is constant.
    double value() const {
        if (!(xx_ > 0 && yy_ > 0)) return std::numeric_limits<double>::quiet_NaN();
        return std::clamp(xy_ / (std::sqrt(xx_) * std::sqrt(yy_)), -1.0, 1.0);
    }

private:
    index_t count_ = 0;
    double mean_x_ = 0, mean_y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
};

/// Pearson correlation in [-1, 1]; NaN for fewer than two pairs, or when one side is constant. Throws argument_error
/// when the lengths differ.
inline double pearson(std::span<const double> x, std::span<const double> y) {
    require(x.size() == y.size(), "pearson", "length of y", y.size(), x.size());
    running_correlation sums;
    for (std::size_t i = 0; i < x.size(); ++i) sums.add(x[i], y[i]);
    return sums.value();
}

/// Ranks from 1, equal values sharing the mean of theirs. O(n log n).
inline std::vector<double> ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> rank(values.size());
    for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
        while (last < order.size() && !(values[order[first]] < values[order[last]])) ++last;
        const double shared = static_cast<double>(first + last + 1) / 2;
        for (std::size_t i = first; i < last; ++i) rank[order[i]] = shared;
    }
    return rank;
}

/// Spearman correlation: Pearson's of the ranks. Not a number where pearson is not.
inline double spearman(std::span<const double> x, std::span<const double> y) {
    require(x.size() == y.size(), "spearman", "length of y", y.size(), x.size());
    return pearson(ranks(x), ranks(y));
}

}  // namespace lpntk
