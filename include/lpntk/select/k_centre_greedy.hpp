#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The k-centre greedy core set (Sener and Savarese, ICLR 2018): starting from a random sample, always the
/// one farthest (Euclid) from all chosen so far; the largest distance of a sample to the chosen ones is
/// within twice the smallest possible.
///
///     const auto kept = lpntk::k_centre_greedy{.ratio = 0.3, .seed = 7}(last_layer, train);
///
/// `features` has one sample a row: N x D, the last hidden layer in the paper. Exactly kept_count() samples
/// of each class, or of the whole set; ties go to the lowest index. O(kept N D) time, O(N) memory; the same
/// for any number of threads. Throws argument_error on a ratio outside (0, 1], lengths that differ, an empty
/// class; numeric_error on NaN.
struct k_centre_greedy {
    double ratio = 1;        ///< of each class to keep, in (0, 1]; 1: all
    std::uint64_t seed = 0;  ///< of the first sample of each class
    int threads = 0;         ///< 0: all

    /// By class.
    template <class T>
    selection operator()(const matrix<T>& features, const class_labels& own) const {
        require_valid(own, features.rows(), "k_centre_greedy");
        return select(features, own.indices());
    }

    /// Over the whole set.
    template <class T>
    selection operator()(const matrix<T>& features) const {
        std::vector<index_t> all;
        for (index_t i = 0; i < features.rows(); ++i) all.push_back(i);
        return select(features, {all});
    }

private:
    template <class T>
    selection select(const matrix<T>& features, const std::vector<std::vector<index_t>>& indices) const {
        require_finite<T>(features, "k_centre_greedy", "feature");
        const T largest = features.size() > 0 ? features.cwiseAbs().maxCoeff() : T(1);
        if (largest > T(1e12) || (largest > 0 && largest < T(1e-12)))  // squares would over- or underflow
            return select(matrix<T>(features / largest), indices);
        return select_by_class(indices, "k_centre_greedy", [&](std::size_t c, const std::vector<index_t>& samples) {
            random_stream random(seed, c);
            const auto count = static_cast<index_t>(samples.size());
            return choose(features, samples, kept_count(count, ratio, "k_centre_greedy"), random.below(count));
        });
    }

    template <class T>
    std::vector<index_t> choose(const matrix<T>& features, const std::vector<index_t>& samples, index_t wanted,
                                index_t first) const {
        constexpr index_t chunk = 256;
        const auto count = static_cast<index_t>(samples.size());
        const auto row = [&](index_t k) { return features.row(samples[static_cast<std::size_t>(k)]); };
        vector<T> apart = vector<T>::Constant(count, std::numeric_limits<T>::max());  // squared, to the nearest centre
        std::vector<index_t> chosen;
        for (index_t centre = first; static_cast<index_t>(chosen.size()) < wanted;) {
            chosen.push_back(samples[static_cast<std::size_t>(centre)]);
            apart[centre] = -1;
            parallel_for((count + chunk - 1) / chunk, threads, [&](index_t part, int) {
                for (index_t k = part * chunk; k < std::min(count, (part + 1) * chunk); ++k)
                    if (apart[k] >= 0) apart[k] = std::min(apart[k], (row(k) - row(centre)).squaredNorm());
            });
            for (index_t k = centre = 0; k < count; ++k)
                if (apart[k] > apart[centre]) centre = k;
        }
        return chosen;
    }
};

}  // namespace lpntk
