#include "inspect/labels.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <lpntk/attribution/class_probabilities.hpp>
#include <lpntk/attribution/held_out.hpp>
#include <lpntk/attribution/kernel_ridge.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/kernel/model_gram.hpp>
#include <lpntk/model/cotangents.hpp>

#include "inspect/pairs.hpp"
#include "support/progress_bar.hpp"

namespace inspect {

namespace {

using lpntk::gram_matrix, lpntk::matrix;
using indices = std::vector<index_t>;

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

index_t most_likely(const matrix<double>& scores, index_t row) {
    index_t best = 0;
    scores.row(row).maxCoeff(&best);
    return best;
}

std::vector<index_t> most_suspect_first(const lpntk::label_issues& issues) {
    indices suspects;
    for (std::size_t i = 0; i < issues.wrong.size(); ++i)
        if (issues.wrong[i]) suspects.push_back(static_cast<index_t>(i));
    std::stable_sort(suspects.begin(), suspects.end(),
                     [&](index_t a, index_t b) { return issues.score[at(a)] > issues.score[at(b)]; });
    return suspects;
}

/// Of `pool`, how many labels the samples `by` of it foretell, their own not by themselves; both in order, places in
/// the kernel.
index_t foretold(const gram_matrix<float>& kernel, const lpntk::dataset<float>& part, const indices& pool,
                 const indices& by, double lambda, int threads) {
    const auto items = lpntk::similarity_of(kernel, std::span<const index_t>(pool));
    std::vector<int> labels;
    for (const index_t i : pool) labels.push_back(part.labels[at(i)]);
    indices teachers;
    for (const index_t i : by) teachers.push_back(std::lower_bound(pool.begin(), pool.end(), i) - pool.begin());
    const matrix<double> found = lpntk::held_out({.lambdas = {lambda}, .threads = threads}, items,
                                                 lpntk::class_labels(labels, part.classes), teachers);
    index_t right = 0;
    for (index_t i = 0; i < found.rows(); ++i) right += most_likely(found, i) == labels[at(i)];
    return right;
}

}  // namespace

foretold_labels foretell_labels(const examples::any_model& net, const lpntk::dataset<float>& data,
                                const memory_plan& plan, double alike, int threads) {
    foretold_labels result;
    label_findings& found = result.found;
    matrix<double> predicted(data.size(), data.classes);
    for (std::size_t p = 0; p < plan.parts.size(); ++p) {
        const indices& part = plan.parts[p];
        const std::string name = plan.whole() ? "" : ", part " + std::to_string(p + 1);
        const auto samples = lpntk::subset(data, std::span<const index_t>(part));
        result.kernel = {};
        result.kernel = lpntk::gram(net, samples, lpntk::all_ones{},
                                    {.threads = threads,
                                     .report = examples::progress_bar("kernel without labels" + name),
                                     .memory = plan.bytes},
                                    {.threads = threads});
        const auto fit = lpntk::kernel_ridge{
            .threads = threads, .report = examples::progress_bar("foretell labels" + name)}(result.kernel, samples);
        found.lambdas.push_back(fit.lambda);
        for (std::size_t k = 0; k < part.size(); ++k)
            predicted.row(part[k]) = fit.leave_one_out.row(static_cast<index_t>(k));
        const auto conflict = [&](index_t i, index_t j, double cosine) {
            return cosine >= alike && samples.labels[at(i)] != samples.labels[at(j)] ? cosine : 0.0;
        };
        for (const auto& [a, b, cosine] : most_interesting_pairs(result.kernel, conflict, threads))
            found.conflicts.push_back({part[at(a)], part[at(b)], cosine});
    }
    found.conflicts = strongest_apart(std::move(found.conflicts));
    for (index_t i = 0; i < data.size(); ++i) found.foretold.push_back(most_likely(predicted, i) == data.labels[at(i)]);
    found.issues = lpntk::find_label_issues{}(lpntk::calibrated(predicted, data).values, data);
    found.suspects = most_suspect_first(found.issues);
    return result;
}

price price_of(const gram_matrix<float>& kernel, const lpntk::dataset<float>& data, const indices& part,
               const indices& kept, const indices& redundant, const label_findings& found, std::uint64_t seed,
               int threads) {
    indices pool, by_kept;
    price result;
    index_t right = 0;
    for (std::size_t k = 0; k < part.size(); ++k) {
        const bool stays = std::binary_search(kept.begin(), kept.end(), part[k]);
        if (!stays && !std::binary_search(redundant.begin(), redundant.end(), part[k])) continue;
        pool.push_back(static_cast<index_t>(k));
        if (stays) by_kept.push_back(static_cast<index_t>(k));
        right += found.foretold[at(part[k])];
    }
    result.samples = static_cast<index_t>(pool.size());
    result.kept = static_cast<index_t>(by_kept.size());
    if (result.kept < 2) return result;
    lpntk::random_stream random(seed);
    indices by_chance = lpntk::random_choice(pool, result.kept, random);
    std::sort(by_chance.begin(), by_chance.end());
    const auto samples = lpntk::subset(data, std::span<const index_t>(part));
    const auto share = [&](index_t count) { return static_cast<double>(count) / static_cast<double>(result.samples); };
    const double lambda = found.lambdas.back();
    result.by_all = share(right);
    result.by_kept = share(foretold(kernel, samples, pool, by_kept, lambda, threads));
    result.by_random = share(foretold(kernel, samples, pool, by_chance, lambda, threads));
    return result;
}

}  // namespace inspect
