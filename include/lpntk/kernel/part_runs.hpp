#pragma once

#include <cstddef>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/features.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Some of one part of the features: depth blocks first, ..., last - 1 of a dense one, all of another.
struct part_run {
    std::size_t part;  ///< its place in features::parts()
    index_t first;     ///< depth block
    index_t last;      ///< behind the last one
};

/// A run of parts' depth blocks that are contracted for many tiles before the next.
using contraction_step = std::vector<part_run>;

/// Everything in phi, in order.
template <class Factor>
contraction_step all_parts(const features<Factor>& phi) {
    contraction_step all;
    for (std::size_t p = 0; p < phi.parts().size(); ++p)
        if (phi.parts()[p].layout.parameters() > 0) all.push_back({p, 0, phi.parts()[p].left.blocks()});
    return all;
}

/// Bytes of features that stay in the cache that the cores share while many tiles are contracted.
inline constexpr std::size_t step_bytes = std::size_t{8} << 20U;

/// The same, cut into steps of which the numbers of `samples` samples are step_bytes at most, as far as depth blocks
/// allow, so that large features come from memory once for all tiles of those samples. A part of factors or pixels,
/// which does more with its numbers than to read them once for a tile, is not cut.
template <class Factor>
std::vector<contraction_step> cache_steps(const features<Factor>& phi, index_t samples) {
    std::vector<contraction_step> steps(1);
    double held = 0;
    const auto append = [&](part_run run, double numbers) {
        const double bytes = numbers * static_cast<double>(samples) * sizeof(Factor);
        if (held > 0 && held + bytes > step_bytes) {
            steps.emplace_back();
            held = 0;
        }
        held += bytes;
        contraction_step& step = steps.back();
        if (!step.empty() && step.back().part == run.part)
            step.back().last = run.last;
        else
            step.push_back(run);
    };
    for (const part_run& whole : all_parts(phi)) {
        const feature_part<Factor>& part = phi.parts()[whole.part];
        if (part.form == part_form::dense)
            for (index_t b = whole.first; b < whole.last; ++b)
                append({whole.part, b, b + 1}, static_cast<double>(part.left.block(b).depth));
        else
            append(whole, static_cast<double>(part.left.columns() * part.left.positions() +
                                              part.right.columns() * part.right.positions()));
    }
    return steps;
}

}  // namespace lpntk
