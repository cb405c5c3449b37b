#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Keeps a random part of each class, or of the whole set: what every other selection is compared with.
///
///     const auto kept = lpntk::uniform{.ratio = 0.9, .seed = 7}(train);
///
/// Keeps kept_count() of each class. Throws argument_error when the ratio is outside (0, 1], a label outside
/// [0, classes), or a class empty. O(N). Thread-safe.
struct uniform {
    double ratio = 1;        ///< of each class to keep, in (0, 1]; 1: all
    std::uint64_t seed = 0;  ///< with the class it names the random stream

    /// By class.
    selection operator()(const class_labels& own) const {
        require_valid(own, static_cast<index_t>(own.labels.size()), "uniform");
        return select(own.indices());
    }

    /// Over a whole set of `count` samples.
    selection operator()(index_t count) const {
        require(count >= 1, "uniform", "number of samples", count, ">= 1");
        std::vector<index_t> all(static_cast<std::size_t>(count));
        std::iota(all.begin(), all.end(), index_t{0});
        return select({all});
    }

private:
    selection select(const std::vector<std::vector<index_t>>& indices) const {
        return select_by_class(indices, "uniform", [&](std::size_t c, const std::vector<index_t>& samples) {
            random_stream random(seed, c);
            return random_choice(samples, kept_count(static_cast<index_t>(samples.size()), ratio, "uniform"), random);
        });
    }
};

}  // namespace lpntk
