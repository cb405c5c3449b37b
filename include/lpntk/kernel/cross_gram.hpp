#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/for_each_tile.hpp"

namespace lpntk::inline LPNTK_TARGET {
namespace detail {

/// Throws argument_error unless both features come from models of the same layers.
template <class T>
void require_same_layouts(const features<T>& phi, const features<T>& psi, std::string_view function) {
    require(phi.parts().size() == psi.parts().size(), function, "number of parts of psi", psi.parts().size(),
            "that of phi, " + std::to_string(phi.parts().size()));
    for (std::size_t p = 0; p < phi.parts().size(); ++p) {
        const part_layout& a = phi.parts()[p].layout;
        const part_layout& b = psi.parts()[p].layout;
        require(a == b, function, "layout of part " + std::to_string(p) + " of psi, \"" + b.name + "\",",
                std::to_string(b.parameters()) + " parameters", "that of phi, \"" + a.name + "\"");
    }
}

/// A copy of phi with each part in the form it has in common with `other`: dense when it is so in one of them, else
/// factors when it is so in one; nothing when that is phi itself.
template <class T>
std::optional<features<T>> in_forms_of(const features<T>& phi, const features<T>& other, int threads) {
    const auto common = [&](std::size_t p) { return std::min(phi.parts()[p].form, other.parts()[p].form); };
    bool any = false;
    for (std::size_t p = 0; p < phi.parts().size(); ++p) any = any || phi.parts()[p].form != common(p);
    if (!any) return std::nullopt;
    std::vector<feature_part<T>> parts;
    for (std::size_t p = 0; p < phi.parts().size(); ++p) {
        const feature_part<T>& part = phi.parts()[p];
        parts.push_back(part.form != common(p) ? part.in_form(common(p), threads) : part);
    }
    return features<T>(phi.size(), std::move(parts));
}

}  // namespace detail

/// kappa(i, j) = <phi_i, psi_j> for all pairs from two sets of samples, or from the same samples with two
/// cotangents: phi.size() x psi.size().
///
/// The same bits for any threads and tiles, and those of gram(phi) when psi is phi. Where the cost model chose another
/// form of a part for one set than for the other, one of them is changed here (a copy; feature_options::forms avoids
/// it). Throws argument_error when the parts differ, memory_error when the result or a copy does not fit.
template <class T>
matrix<T> cross_gram(const features<T>& phi, const features<T>& psi, const gram_options& options = {}) {
    detail::require_same_layouts(phi, psi, "cross_gram");
    const std::optional<features<T>> formed_phi = detail::in_forms_of(phi, psi, options.threads);
    const std::optional<features<T>> formed_psi = detail::in_forms_of(psi, phi, options.threads);
    matrix<T> kappa = allocate_matrix<T>(
        phi.size(), psi.size(),
        "cross Gram of " + std::to_string(phi.size()) + " and " + std::to_string(psi.size()) + " samples");
    const index_t edge = tile_edge<T>(options.tile, std::max(phi.size(), psi.size()), "cross_gram");
    for_each_tile(formed_phi ? *formed_phi : phi, formed_psi ? *formed_psi : psi,
                  rectangle_tiles(phi.size(), psi.size(), edge), options, "cross_gram",
                  [&](const tile_range& tile, const auto& values) {
                      for (index_t r = 0; r < tile.rows; ++r)
                          std::copy_n(values.row(r), tile.columns, kappa.row(tile.row + r).data() + tile.column);
                  });
    return kappa;
}

}  // namespace lpntk
