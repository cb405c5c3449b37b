#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/statistics/estimate.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Of bootstrap() and with_interval().
struct bootstrap_options {
    double level = 0.95;       ///< of the interval
    index_t resamples = 1000;  ///< calls of the statistic besides the first, >= 1
    std::uint64_t seed = 0;    ///< resample r draws from the random stream (seed, r)
};

/// statistic(indices) for indices 0 .. count - 1, and the percentile interval of its values for `count` indices
/// drawn with replacement (Efron 1979). `statistic` takes a std::span<const index_t> and returns a double; resamples
/// where it is not finite are left out, and when none is left the interval is NaN. Repeatable by seed.
template <class Statistic>
estimate bootstrap(index_t count, Statistic&& statistic, const bootstrap_options& how = {}) {
    require(count >= 1, "bootstrap", "count", count, ">= 1");
    require(how.level > 0 && how.level < 1, "bootstrap", "level", how.level, "in (0, 1)");
    require(how.resamples >= 1, "bootstrap", "resamples", how.resamples, ">= 1");
    std::vector<index_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), index_t{0});
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    estimate result{statistic(std::span<const index_t>(indices)), nothing, nothing};
    std::vector<double> values;
    for (index_t r = 0; r < how.resamples; ++r) {
        random_stream draw(how.seed, static_cast<std::uint64_t>(r));
        for (index_t& i : indices) i = draw.below(count);
        const double value = statistic(std::span<const index_t>(indices));
        if (is_finite(value)) values.push_back(value);
    }
    if (values.empty()) return result;
    std::sort(values.begin(), values.end());
    const auto quantile = [&](double q) {
        return values[static_cast<std::size_t>(std::lround(q * static_cast<double>(values.size() - 1)))];
    };
    result.low = quantile((1 - how.level) / 2);
    result.high = quantile((1 + how.level) / 2);
    return result;
}

/// A correlation (pearson or spearman) with its bootstrap interval, over pairs.
template <class Correlation>
estimate with_interval(Correlation&& correlation, std::span<const double> x, std::span<const double> y,
                       const bootstrap_options& how = {}) {
    require(x.size() == y.size(), "with_interval", "length of y", y.size(), x.size());
    std::vector<double> drawn_x, drawn_y;
    return bootstrap(
        static_cast<index_t>(x.size()),
        [&](std::span<const index_t> indices) {
            drawn_x.clear();
            drawn_y.clear();
            for (const index_t i : indices) {
                drawn_x.push_back(x[static_cast<std::size_t>(i)]);
                drawn_y.push_back(y[static_cast<std::size_t>(i)]);
            }
            return correlation(std::span<const double>(drawn_x), std::span<const double>(drawn_y));
        },
        how);
}

}  // namespace lpntk
