#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/attribution/class_probabilities.hpp>
#include <lpntk/attribution/held_out.hpp>
#include <lpntk/attribution/label_issues.hpp>
#include <lpntk/core/dataset.hpp>
#include <lpntk/core/label_noise.hpp>
#include <lpntk/io/npy.hpp>
#include <lpntk/model/losses.hpp>
#include <lpntk/score/scores.hpp>
#include <lpntk/statistics/detection.hpp>
#include <lpntk/statistics/detection_counts.hpp>

#include "support/summary.hpp"
#include "support/table.hpp"

/// Finding wrong labels: ways to make some, and what was found over several seeds.
namespace experiments {

/// `noise` is "uniform", to any other class, or "next-class".
inline lpntk::noisy_labels wrong_labels(const std::string& noise, double fraction, std::uint64_t seed,
                                        std::span<const int> truth, int classes) {
    if (noise == "uniform") return lpntk::flip_uniformly{.fraction = fraction, .seed = seed}(truth, classes);
    return lpntk::flip_by_class{.transition = lpntk::next_class(classes, fraction), .seed = seed}(truth);
}

/// A decision which labels are wrong.
struct decision {
    std::string name;
    std::vector<bool> wrong;  ///< N
};

/// What the methods say of one set.
struct findings {
    std::vector<lpntk::score::named> scores;
    std::vector<decision> decisions;
    int passes = 0;
    lpntk::label_issues last_pass;
    lpntk::matrix<double> leave_one_out, held_out;  ///< probabilities of the last pass, and cross-validated if asked

    /// What class probabilities say that have not seen the labels.
    lpntk::label_issues add_probabilities(const std::string& name, const lpntk::matrix<double>& probabilities,
                                          const lpntk::dataset<float>& train) {
        const auto issues = lpntk::find_label_issues{}(probabilities, train);
        decisions.push_back({name, issues.wrong});
        scores.push_back({name, issues.score});
        lpntk::score::named unsure{name + ", 1 - probability of the label", {}};
        for (lpntk::index_t i = 0; i < train.size(); ++i)
            unsure.values.push_back(1 - probabilities(i, train.labels[static_cast<std::size_t>(i)]));
        scores.push_back(std::move(unsure));
        return issues;
    }

    /// Kernel regression on the Gram of a kernel that knows no label, by the samples `kept`, and their own labels never
    /// by themselves. One more pass.
    template <class Gram>
    void add_leave_one_out(const std::string& kernel, const Gram& kappa, const lpntk::dataset<float>& train,
                           std::span<const lpntk::index_t> kept, int threads) {
        const auto scores_of = lpntk::held_out({.threads = threads}, kappa, train, kept);
        leave_one_out = lpntk::calibrated(scores_of, train).values;
        const std::string pass = ++passes == 1 ? "" : ", pass " + std::to_string(passes);
        last_pass = add_probabilities(kernel + ": leave-one-out" + pass, leave_one_out, train);
    }

    /// Probabilities, labels and flips; cleanlab_peer.py reads those of cross-validation.
    void write(const std::filesystem::path& folder, const std::string& seed, const lpntk::noisy_labels& given) const {
        const std::vector<lpntk::index_t> labels(given.labels.begin(), given.labels.end());
        const std::vector<lpntk::index_t> flipped(given.flipped.begin(), given.flipped.end());
        lpntk::io::write_npy(folder / ("leave_one_out_" + seed + ".npy"), leave_one_out);
        if (held_out.size() > 0) lpntk::io::write_npy(folder / ("probabilities_" + seed + ".npy"), held_out);
        lpntk::io::write_npy(folder / ("labels_" + seed + ".npy"), labels);
        lpntk::io::write_npy(folder / ("flipped_" + seed + ".npy"), flipped);
    }
};

/// Class probabilities of every sample by a model that `train_on(part, fold)` makes of the other folds; sample i is in
/// fold i mod folds. `logits_of(model, inputs)` gives its logits.
template <class TrainOn, class LogitsOf>
lpntk::matrix<double> cross_validated(const lpntk::dataset<float>& data, int folds, const TrainOn& train_on,
                                      const LogitsOf& logits_of) {
    lpntk::matrix<double> probabilities(data.size(), data.classes);
    for (int fold = 0; fold < folds; ++fold) {
        std::vector<lpntk::index_t> in, out;
        for (lpntk::index_t i = 0; i < data.size(); ++i) (i % folds == fold ? out : in).push_back(i);
        const auto model = train_on(lpntk::subset(data, std::span<const lpntk::index_t>(in)), fold);
        const auto logits = logits_of(model, lpntk::subset(data, std::span<const lpntk::index_t>(out)).inputs);
        for (std::size_t k = 0; k < out.size(); ++k) {
            const lpntk::vector<double> row = logits.row(static_cast<lpntk::index_t>(k)).template cast<double>();
            probabilities.row(out[k]) = lpntk::softmax<double>(row).transpose();
        }
    }
    return probabilities;
}

/// How well each method did, over several sets.
class comparison {
public:
    /// Of one more set, by the same methods in the same order.
    void add(const findings& found, const std::vector<bool>& flipped) {
        for (std::size_t m = 0; m < found.scores.size(); ++m) {
            if (methods_.size() <= m) methods_.push_back({found.scores[m].name, {}, {}, {}});
            const auto report = lpntk::detect(found.scores[m].values, flipped);
            methods_[m].auroc.push_back(report.auroc);
            methods_[m].average_precision.push_back(report.average_precision);
            methods_[m].precision.push_back(report.precision_at_known);
        }
        for (std::size_t d = 0; d < found.decisions.size(); ++d) {
            if (decisions_.size() <= d) decisions_.push_back({found.decisions[d].name, {}, {}, {}});
            lpntk::detection_counts counts;
            for (std::size_t i = 0; i < flipped.size(); ++i) counts.add(found.decisions[d].wrong[i], flipped[i]);
            decisions_[d].precision.push_back(counts.precision());
            decisions_[d].recall.push_back(counts.recall());
            decisions_[d].f1.push_back(counts.f1());
        }
    }

    /// Best first, by mean AUROC: the places of the methods in the findings.
    std::vector<std::size_t> order() const {
        std::vector<std::size_t> places(methods_.size());
        for (std::size_t m = 0; m < places.size(); ++m) places[m] = m;
        std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
            return examples::spread(methods_[a].auroc).mean > examples::spread(methods_[b].auroc).mean;
        });
        return places;
    }

    examples::table methods() const {
        examples::table report{{"method", "AUROC", "average precision", "precision at flipped"}, {}};
        for (const std::size_t m : order())
            report.rows.push_back({methods_[m].name, examples::spread_text(methods_[m].auroc),
                                   examples::spread_text(methods_[m].average_precision),
                                   examples::spread_text(methods_[m].precision)});
        return report;
    }

    examples::table decisions() const {
        examples::table report{{"decision", "precision", "recall", "F1"}, {}};
        for (const auto& one : decisions_)
            report.rows.push_back({one.name, examples::spread_text(one.precision), examples::spread_text(one.recall),
                                   examples::spread_text(one.f1)});
        return report;
    }

    /// Means for summary.json.
    examples::json methods_summary() const {
        examples::json all;
        for (const std::size_t m : order())
            all[methods_[m].name] = {{"auroc", examples::spread(methods_[m].auroc).mean},
                                     {"average_precision", examples::spread(methods_[m].average_precision).mean},
                                     {"precision_at_flipped", examples::spread(methods_[m].precision).mean}};
        return all;
    }

    examples::json decisions_summary() const {
        examples::json all;
        for (const auto& one : decisions_)
            all[one.name] = {{"precision", examples::spread(one.precision).mean},
                             {"recall", examples::spread(one.recall).mean},
                             {"f1", examples::spread(one.f1).mean}};
        return all;
    }

private:
    struct method {
        std::string name;
        std::vector<double> auroc, average_precision, precision;  // of each set
    };
    struct decided {
        std::string name;
        std::vector<double> precision, recall, f1;
    };

    std::vector<method> methods_;
    std::vector<decided> decisions_;
};

}  // namespace experiments
