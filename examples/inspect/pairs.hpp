#pragma once

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <vector>

#include <lpntk/cluster/cosine.hpp>
#include <lpntk/cluster/row_stream.hpp>

#include "inspect/findings.hpp"

namespace inspect {

/// Of each item the partner for which `interest(i, j, cosine)` is largest, if it is above 0 for any; each pair once, in
/// ascending order. One pass over the rows.
template <class Similarity, class Interest>
std::vector<sample_pair> most_interesting_pairs(const Similarity& items, const Interest& interest, int threads) {
    struct candidate {
        double interest = 0;
        sample_pair pair;
    };
    const lpntk::cosines rho(items.diagonal());
    std::vector<candidate> best(static_cast<std::size_t>(items.size()));
    lpntk::for_each_row(items, {.threads = threads}, "most_interesting_pairs", [&](index_t i, const auto& row, int) {
        candidate& own = best[static_cast<std::size_t>(i)];
        for (index_t j = 0; j < row.size(); ++j) {
            if (j == i) continue;
            const index_t a = std::min(i, j), b = std::max(i, j);
            const double cosine = rho(static_cast<double>(row[j]), a, b), value = interest(a, b, cosine);
            if (value > own.interest) own = {value, {a, b, cosine}};
        }
    });
    std::vector<sample_pair> pairs;
    for (const candidate& one : best)
        if (one.interest > 0) pairs.push_back(one.pair);
    const auto place = [](const sample_pair& pair) { return std::tuple(pair.a, pair.b); };
    std::sort(pairs.begin(), pairs.end(), [&](const auto& x, const auto& y) { return place(x) < place(y); });
    const auto same = [&](const auto& x, const auto& y) { return place(x) == place(y); };
    pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());
    return pairs;
}

/// The pairs of the cosines farthest from 0 first; each sample is in one pair at most, so that no single one fills the
/// list.
inline std::vector<sample_pair> strongest_apart(std::vector<sample_pair> pairs) {
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const auto& x, const auto& y) { return std::abs(x.cosine) > std::abs(y.cosine); });
    std::set<index_t> taken;
    std::erase_if(pairs, [&](const sample_pair& pair) {
        if (taken.contains(pair.a) || taken.contains(pair.b)) return true;
        taken.insert({pair.a, pair.b});
        return false;
    });
    return pairs;
}

}  // namespace inspect
