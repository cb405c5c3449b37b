#include "inspect/classes.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>

#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/cluster/near_duplicates.hpp>
#include <lpntk/kernel/model_gram.hpp>
#include <lpntk/model/cotangents.hpp>
#include <lpntk/select/drop_redundant.hpp>

#include "inspect/pairs.hpp"
#include "support/progress_bar.hpp"

namespace inspect {

namespace {

using class_kernel = lpntk::gram_matrix<float>;
using indices = std::vector<index_t>;

/// items[k] for all k, which may be of another numbering.
indices renamed(const indices& which, const indices& items) { return lpntk::items_at(items, which); }

/// The samples that go, each with the most similar one that stays; places in the kernel.
std::vector<redundant_sample> with_stand_ins(const class_kernel& kappa, const indices& going, const indices& staying) {
    const lpntk::cosines rho(kappa.diagonal());
    std::vector<redundant_sample> found;
    for (const index_t i : going) {
        redundant_sample own{i, staying.front(), -2};
        for (const index_t j : staying)
            if (const double cosine = rho(static_cast<double>(kappa(i, j)), i, j); cosine > own.cosine)
                own = {i, j, cosine};
        found.push_back(own);
    }
    return found;
}

/// All but the relations of one class, whose items that are not suspect are `good`; places in the kernel.
class_findings look_at(const class_kernel& kappa, const indices& good, std::uint64_t seed, const class_options& how) {
    class_findings found;
    const auto clean = lpntk::similarity_of(kappa, std::span<const index_t>(good));
    const auto twins = lpntk::near_duplicates{.epsilon = how.epsilon, .threads = how.threads}(clean);
    for (std::size_t s = 0; s < twins.sets.size(); ++s)
        found.duplicates.push_back({renamed(twins.sets[s], good), good[static_cast<std::size_t>(twins.keep[s])]});
    const indices extra = renamed(twins.redundant(), good);
    indices single;
    std::set_difference(good.begin(), good.end(), extra.begin(), extra.end(), std::back_inserter(single));
    const auto clusters =
        lpntk::farthest_points{.share = 0.1}(lpntk::similarity_of(kappa, std::span<const index_t>(single)));
    found.notable = examples::notable_of(clusters, 8);
    for (indices* of : {&found.notable.typical, &found.notable.unusual}) *of = renamed(*of, single);
    const auto selected = lpntk::drop_redundant{.ratio = how.keep, .seed = seed}(clusters);
    found.kept = renamed(selected.kept, single);
    found.redundant = with_stand_ins(kappa, renamed(selected.dropped(), single), found.kept);
    return found;
}

/// Places in a class become samples of the collection.
void rename(class_findings& found, const indices& members) {
    const auto name = [&](index_t& i) { i = members[static_cast<std::size_t>(i)]; };
    for (indices* of : {&found.notable.typical, &found.notable.unusual, &found.kept})
        for (index_t& i : *of) name(i);
    for (auto& pair : found.contradictory) name(pair.a), name(pair.b);
    for (auto& one : found.redundant) name(one.sample), name(one.stand_in);
    for (auto& set : found.duplicates) {
        name(set.keep);
        for (index_t& i : set.members) name(i);
    }
}

}  // namespace

std::vector<class_findings> inspect_classes(const examples::any_model& net, const lpntk::dataset<float>& data,
                                            const std::vector<bool>& suspect, const class_options& how) {
    std::vector<class_findings> all;
    const auto bar = examples::progress_bar("kernel with labels, by class", data.size());
    index_t done = 0;
    for (const indices& members : lpntk::indices_by_class(data.labels, data.classes)) {
        all.emplace_back();
        if (members.empty()) continue;
        const class_kernel kappa =
            lpntk::gram(net, lpntk::subset(data, std::span<const index_t>(members)), lpntk::label_signs{},
                        {.threads = how.threads, .memory = how.memory}, {.threads = how.threads});
        indices good;
        for (std::size_t k = 0; k < members.size(); ++k)
            if (!suspect[static_cast<std::size_t>(members[k])]) good.push_back(static_cast<index_t>(k));
        if (!good.empty()) all.back() = look_at(kappa, good, how.seed + all.size(), how);
        const lpntk::relation_thresholds thresholds;
        all.back().relations = lpntk::count_relations{.thresholds = thresholds, .threads = how.threads}(kappa).whole();
        const auto contradiction = [&](index_t, index_t, double cosine) {
            return thresholds(cosine) == lpntk::relation::contradictory ? -cosine : 0.0;
        };
        all.back().contradictory = most_interesting_pairs(kappa, contradiction, how.threads);
        rename(all.back(), members);
        done += static_cast<index_t>(members.size());
        if (bar) bar(done, data.size());
    }
    return all;
}

}  // namespace inspect
