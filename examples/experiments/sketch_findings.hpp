#pragma once

#include <algorithm>
#include <cstdio>
#include <vector>

#include <lpntk/lpntk.hpp>

#include "support/options.hpp"
#include "support/progress_bar.hpp"
#include "support/results.hpp"
#include "support/stopwatch.hpp"

namespace examples {

/// Near duplicates, relations and mean similarities among the images of each class, on the first group of a sketch: all
/// pairs of a class, so fewer numbers than clusters have. Prints what it finds.
inline json find_by_class(const lpntk::feature_sketch<float>& phi, const lpntk::class_labels& own, double epsilon,
                          int threads) {
    constexpr lpntk::index_t block = 192;
    const lpntk::features<float> group(phi.size(), {phi.parts().front()});
    const lpntk::kernel_rows<float> rows(group, {.threads = threads});
    stopwatch clock;
    const auto twins =
        lpntk::by_class(rows, own, lpntk::near_duplicates{epsilon, lpntk::feature_distance::cosine, threads, block});
    const double seconds_twins = clock.lap();
    const auto related = lpntk::by_class(
        rows, own, [&](const auto& items) { return lpntk::count_relations{{}, threads, block}(items).whole(); });
    const double seconds_related = clock.lap();
    const auto kept = lpntk::average_similarity{.ratio = 0.9, .threads = threads, .block = block}(rows, own);
    const double seconds_mean = clock.lap();

    std::size_t sets = 0, redundant = 0;
    for (const auto& found : twins.results) sets += found.sets.size(), redundant += found.redundant().size();
    lpntk::relation_counts pairs;
    for (const auto& counts : related.results) pairs += counts;
    const auto share = [&](lpntk::index_t count) {
        return static_cast<double>(count) / static_cast<double>(pairs.total());
    };
    std::printf(
        "  by class, on %td numbers: %zu sets of near duplicates (cosine >= %.3f), %zu images redundant, %.1f s\n",
        group.parameters(), sets, 1 - epsilon, redundant, seconds_twins);
    std::printf(
        "  of %.3g pairs %.2f %% interchangeable, %.2f %% contradictory, %.1f s; average similarity keeps %zu, "
        "%.1f s\n",
        static_cast<double>(pairs.total()), 100 * share(pairs.interchangeable), 100 * share(pairs.contradictory),
        seconds_related, kept.kept.size(), seconds_mean);
    return {{"numbers", group.parameters()},
            {"epsilon", epsilon},
            {"near_duplicate_sets", sets},
            {"redundant", redundant},
            {"pairs", pairs.total()},
            {"interchangeable", share(pairs.interchangeable)},
            {"contradictory", share(pairs.contradictory)},
            {"kept", kept.kept.size()},
            {"seconds", {{"near_duplicates", seconds_twins}, {"relations", seconds_related}, {"mean", seconds_mean}}}};
}

/// Leave-one-out predictions for all images from sketches of the pNTK's features, and the labels that they doubt.
template <class Network>
json leave_one_out(const Network& net, const lpntk::dataset<float>& data, lpntk::index_t numbers, std::uint64_t seed,
                   int threads) {
    stopwatch clock;
    const auto phi = lpntk::sketched_features(
        net, data, lpntk::all_ones{},
        {.numbers = numbers, .seed = seed, .threads = threads, .report = progress_bar("sketch pNTK", data.size())});
    const double seconds_sketch = clock.lap();
    const auto fit =
        lpntk::kernel_ridge{.seed = seed, .threads = threads, .report = progress_bar("leave one out", 2 * data.size())}
            .primal(phi, data);
    const double seconds_fit = clock.lap();
    lpntk::index_t agree = 0;
    for (lpntk::index_t i = 0; i < data.size(); ++i) {
        lpntk::index_t predicted = 0;
        fit.leave_one_out.row(i).maxCoeff(&predicted);
        agree += predicted == data.labels[static_cast<std::size_t>(i)] ? 1 : 0;
    }
    const auto issues = lpntk::find_label_issues{}(lpntk::calibrated(fit.leave_one_out, data).values, data);
    const double agreeing = static_cast<double>(agree) / static_cast<double>(data.size());
    std::printf(
        "  leave-one-out on %td numbers: sketch %.1f s, fit %.1f s (lambda %g); %.2f %% predicted as labelled, "
        "%td labels doubted, %.1f s\n",
        phi.parameters(), seconds_sketch, seconds_fit, fit.lambda, 100 * agreeing, issues.count(), clock.lap());
    return {{"numbers", phi.parameters()},
            {"lambda", fit.lambda},
            {"as_labelled", agreeing},
            {"labels_doubted", issues.count()},
            {"seconds", {{"sketch", seconds_sketch}, {"fit", seconds_fit}}}};
}

}  // namespace examples
