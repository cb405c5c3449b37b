#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "lpntk/attribution/kernel_ridge.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What each of N items is predicted to be by the items `kept` but itself, N x K: leave-one-out for these, what their
/// fit says for the others. To clean in passes: a network that is trained on what a first pass kept judges all labels
/// again, and has not learned the wrong ones.
///
///     const auto first = lpntk::find_label_issues{}(p.values, train);
///     const auto kept  = first.kept();
///     nn::train(again, subset(train, kept), how);
///     const auto kappa = lpntk::gram(again, train, lpntk::all_ones{});
///     const auto q     = lpntk::calibrated(lpntk::held_out({}, kappa, train, kept), train);
///     const auto issues = lpntk::find_label_issues{}(q.values, train);
///
/// The fit of `ridge` to the kept items, see kernel_ridge, and a row of the similarity for each of the others. Throws
/// argument_error unless `kept` are distinct items and at least one, and what kernel_ridge throws.
template <similarity_source Source>
matrix<double> held_out(const kernel_ridge& ridge, const Source& source, const class_labels& own,
                        std::span<const index_t> kept) {
    constexpr auto function = "held_out";
    const auto& items = similarity_of(source);
    using T = typename std::remove_cvref_t<decltype(items)>::scalar;
    const index_t count = items.size();
    require_valid(own, count, function);
    require(!kept.empty(), function, "number of kept items", 0, ">= 1");
    std::vector<bool> is_kept(static_cast<std::size_t>(count), false);
    std::vector<int> labels;
    for (const index_t i : kept) {
        require_index(i, count, function, "kept item");
        const auto at = static_cast<std::size_t>(i);
        require(!is_kept[at], function, "kept item", i, "named once");
        is_kept[at] = true;
        labels.push_back(own.labels[at]);
    }
    const auto& fitted = similarity_of(source, kept);
    const auto fit = ridge(fitted, class_labels{labels, own.classes});
    matrix<double> predicted(count, own.classes);
    for (std::size_t k = 0; k < kept.size(); ++k)
        predicted.row(kept[k]) = fit.leave_one_out.row(static_cast<index_t>(k));
    std::vector<index_t> rest;
    for (index_t i = 0; i < count; ++i)
        if (!is_kept[static_cast<std::size_t>(i)]) rest.push_back(i);
    constexpr std::size_t block = 256;  // rows at a time
    for (std::size_t first = 0; first < rest.size(); first += block) {
        const auto here = std::span(rest).subspan(first, std::min(block, rest.size() - first));
        const auto size = static_cast<index_t>(here.size());
        matrix<T> rows(size, count), cross(size, static_cast<index_t>(kept.size()));
        read_rows(items, here, rows);
        for (index_t k = 0; k < cross.cols(); ++k) cross.col(k) = rows.col(kept[static_cast<std::size_t>(k)]);
        const matrix<double> found = fit.predict(cross, ridge.threads);
        for (index_t r = 0; r < size; ++r) predicted.row(here[static_cast<std::size_t>(r)]) = found.row(r);
    }
    return predicted;
}

}  // namespace lpntk
