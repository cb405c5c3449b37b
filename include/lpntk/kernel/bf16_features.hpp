#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/bf16.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/kernel/features.hpp"

namespace lpntk::inline LPNTK_TARGET {
namespace detail {

/// Room for the columns of `from` two by two; the last of an odd number stands beside zero.
inline panel_matrix<micro::bf16_pair> allocate_pairs(const panel_matrix<float>& from, const std::string& what) {
    return {from.rows(), (from.columns() + 1) / 2, from.positions(), what};
}

/// Rounds panel p of `from` into pairs. Thread-safe for different panels.
inline void round_panel(const panel_matrix<float>& from, panel_matrix<micro::bf16_pair>& to, index_t p) {
    constexpr float nothing[micro::lanes_of<float>] = {};
    for (index_t position = 0; position < from.positions(); ++position)
        for (index_t k = 0; k < from.columns(); k += 2) {
            const float* const first = from.column(position, k, p);
            const float* const second = k + 1 < from.columns() ? from.column(position, k + 1, p) : nothing;
            micro::bf16_pair* const pairs = to.column(position, k / 2, p);
            for (index_t lane = 0; lane < micro::lanes_of<float>; ++lane)
                pairs[lane].bits = micro::round_to_bf16(first[lane]) | micro::round_to_bf16(second[lane]) << 16U;
        }
}

}  // namespace detail

/// The features with every factor (dense numbers, d and a) rounded to bfloat16, packed for the contraction: half the
/// memory of phi, in addition to it. Throws memory_error when there is no room. The bias stays one.
inline features<micro::bf16_pair> round_to_bf16(const features<float>& phi, int threads = 0) {
    std::vector<feature_part<micro::bf16_pair>> parts;
    for (const feature_part<float>& part : phi.parts()) {
        const std::string what = "bf16 features of part \"" + part.layout.name + "\"";
        parts.push_back({part.layout, part.form, detail::allocate_pairs(part.left, what),
                         detail::allocate_pairs(part.right, what)});
    }
    parallel_for(micro::padded<float>(phi.size()) / micro::lanes_of<float>, threads, [&](index_t panel, int) {
        for (std::size_t p = 0; p < parts.size(); ++p) {
            detail::round_panel(phi.parts()[p].left, parts[p].left, panel);
            detail::round_panel(phi.parts()[p].right, parts[p].right, panel);
        }
    });
    return {phi.size(), std::move(parts)};
}

}  // namespace lpntk
