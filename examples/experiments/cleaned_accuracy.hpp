#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/core/dataset.hpp>

#include "support/summary.hpp"
#include "support/table.hpp"

namespace experiments {

/// What removing labels is worth: accuracies of networks trained on what is left, over several sets.
class cleaned_accuracy {
public:
    /// One more set; accuracy_of(part) trains on a part of it and gives the accuracy on clean test samples.
    template <class AccuracyOf>
    void add(const lpntk::dataset<float>& noisy, const std::vector<bool>& found, const std::vector<bool>& wrong,
             const AccuracyOf& accuracy_of) {
        const std::vector<bool> nothing(wrong.size(), false);
        const auto all_but = [&](const std::vector<bool>& removed) {
            std::vector<lpntk::index_t> left;
            for (std::size_t i = 0; i < removed.size(); ++i)
                if (!removed[i]) left.push_back(static_cast<lpntk::index_t>(i));
            return accuracy_of(lpntk::subset(noisy, std::span<const lpntk::index_t>(left)));
        };
        for (const auto& [row, removed] : {std::pair{0, &nothing}, {1, &found}, {2, &wrong}})
            accuracies_[row].push_back(all_but(*removed));
    }

    examples::table table() const {
        examples::table rows{{"removed", "test accuracy"}, {}};
        for (std::size_t i = 0; i < 3; ++i) rows.rows.push_back({names[i], examples::spread_text(accuracies_[i])});
        return rows;
    }

    examples::json summary() const {
        examples::json of;
        for (std::size_t i = 0; i < 3; ++i) of[names[i]] = examples::spread(accuracies_[i]).mean;
        return of;
    }

private:
    static constexpr const char* names[] = {"nothing", "labels found wrong", "wrong labels"};
    std::vector<double> accuracies_[3];
};

}  // namespace experiments
