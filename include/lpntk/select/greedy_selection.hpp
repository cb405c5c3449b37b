#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "lpntk/cluster/by_class.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/per_class.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/select/selection.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Keeps the items that `choose(similarity)` returns for each class. Throws what by_class and `choose` throw.
template <similarity_source Source, class Choose>
selection select_chosen(const Source& source, const class_labels& own, std::string_view function,
                        const Choose& choose) {
    const auto chosen = by_class(source, own, choose);
    return select_by_class(chosen.indices, function, [&](std::size_t c, const std::vector<index_t>& samples) {
        return items_at(samples, chosen.results[c]);
    });
}

/// The same over the whole set.
template <similarity_source Source, class Choose>
selection select_chosen(const Source& source, std::string_view function, const Choose& choose) {
    const auto whole = whole_set(0, source.size());
    return make_selection(whole.indices, {choose(source)}, function);
}

/// `count` items, one after the other that of the largest gain(item, sum of its similarities to those chosen, their
/// number); ties go to the lowest index. Reads their rows: O(N count).
template <similarity S, class Gain>
std::vector<index_t> choose_by_sums(const S& items, index_t count, std::string_view function, const Gain& gain) {
    std::vector<bool> taken(static_cast<std::size_t>(items.size()), false);
    vector<double> sums = vector<double>::Zero(items.size());
    vector<typename S::scalar> row(items.size());
    std::vector<index_t> chosen;
    for (index_t round = 0; round < count; ++round) {
        index_t best = -1;
        double largest = 0;
        for (index_t i = 0; i < items.size(); ++i) {
            if (taken[static_cast<std::size_t>(i)]) continue;
            const double here = gain(i, sums[i], round);
            if (best < 0 || here > largest) best = i, largest = here;
        }
        read_row(items, best, row);
        require_finite_row<typename S::scalar>(best, row, function);
        sums += row.template cast<double>();
        taken[static_cast<std::size_t>(best)] = true;
        chosen.push_back(best);
    }
    return chosen;
}

}  // namespace lpntk
