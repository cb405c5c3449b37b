#include <algorithm>
#include <span>
#include <utility>

#include <lpntk/io/npy.hpp>

#include "inspect/pairs.hpp"
#include "inspect/report.hpp"

namespace inspect {

namespace {

/// What `of` gives for each class, one after the other.
template <class T, class Of>
std::vector<T> gathered(const std::vector<class_findings>& classes, const Of& of) {
    std::vector<T> all;
    for (const class_findings& one : classes) all.insert(all.end(), of(one).begin(), of(one).end());
    return all;
}

}  // namespace

std::vector<index_t> all_findings::kept() const {
    auto all = gathered<index_t>(classes, [](const auto& one) -> const auto& { return one.kept; });
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<redundant_sample> all_findings::redundant() const {
    auto all = gathered<redundant_sample>(classes, [](const auto& one) -> const auto& { return one.redundant; });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.sample < b.sample; });
    return all;
}

std::vector<sample_pair> all_findings::contradictory() const {
    auto all = gathered<sample_pair>(classes, [](const auto& one) -> const auto& { return one.contradictory; });
    return strongest_apart(std::move(all));
}

std::vector<copies> all_findings::duplicates() const {
    return gathered<copies>(classes, [](const auto& one) -> const auto& { return one.duplicates; });
}

index_t all_findings::copies_to_drop() const {
    index_t sum = 0;
    for (const copies& set : duplicates()) sum += static_cast<index_t>(set.members.size()) - 1;
    return sum;
}

void write_tables(examples::results& results, const collection& of, const all_findings& found) {
    const auto number = [&](index_t sample) { return std::to_string(of.origin[static_cast<std::size_t>(sample)]); };
    examples::table suspects{{"index", "given", "suggested", "score"}, {}};
    for (const index_t i : found.labels.suspects) {
        const auto at = static_cast<std::size_t>(i);
        suspects.rows.push_back({number(i), std::to_string(of.data().labels[at]),
                                 std::to_string(found.labels.issues.suggested[at]),
                                 examples::number(found.labels.issues.score[at], 6)});
    }
    results.write("suspects.csv", suspects);

    examples::table duplicates{{"set", "index", "keep"}, {}};
    const auto sets = found.duplicates();
    for (std::size_t s = 0; s < sets.size(); ++s)
        for (const index_t i : sets[s].members)
            duplicates.rows.push_back({std::to_string(s), number(i), i == sets[s].keep ? "1" : "0"});
    results.write("duplicates.csv", duplicates);

    examples::table redundant{{"index", "stand_in", "cosine"}, {}};
    for (const auto& [sample, stand_in, cosine] : found.redundant())
        redundant.rows.push_back({number(sample), number(stand_in), examples::number(cosine, 6)});
    results.write("redundant.csv", redundant);

    examples::table pairs{{"kind", "first", "second", "cosine"}, {}};
    const auto add_pairs = [&](const char* kind, const std::vector<sample_pair>& all) {
        for (const auto& [a, b, cosine] : all)
            pairs.rows.push_back({kind, number(a), number(b), examples::number(cosine, 6)});
    };
    add_pairs("different labels, alike", found.labels.conflicts);
    add_pairs("one label, contradictory", found.contradictory());
    results.write("pairs.csv", pairs);

    examples::table health{{"class", "name", "given", "suspected", "wrong", "missing", "kept"}, {}};
    const auto healthy = lpntk::health_by_class(found.labels.issues, of.data());
    for (std::size_t c = 0; c < healthy.size(); ++c)
        health.rows.push_back({std::to_string(c), of.classes[c], std::to_string(healthy[c].given),
                               std::to_string(healthy[c].flagged), examples::number(healthy[c].wrong, 4),
                               examples::number(healthy[c].missing, 4), std::to_string(found.classes[c].kept.size())});
    results.write("classes.csv", health);

    std::vector<index_t> kept = found.kept();
    for (index_t& i : kept) i = of.origin[static_cast<std::size_t>(i)];
    lpntk::io::write_npy(results.file("kept.npy"), std::span<const index_t>(kept));
}

}  // namespace inspect
