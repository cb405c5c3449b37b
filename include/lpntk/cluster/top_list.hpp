#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The `capacity` items of the highest scores met so far, best first; of equal scores the one met first.
///
/// For a capacity far below the number of items, offered in any but ascending order, O(1) an item.
class top_list {
public:
    /// Forgets all items and holds at most `capacity` from now on.
    void reset(index_t capacity) {
        capacity_ = static_cast<std::size_t>(capacity);
        ranked_.clear();
    }

    /// Whether insert() would keep an item of this score.
    bool wants(double score) const {
        return ranked_.size() < capacity_ || (capacity_ > 0 && score > ranked_.back().first);
    }

    /// Takes the place of the worst when the list is full; nothing when !wants(score). O(capacity).
    void insert(double score, index_t item) {
        if (!wants(score)) return;
        if (ranked_.size() == capacity_) ranked_.pop_back();
        const auto place = std::upper_bound(ranked_.begin(), ranked_.end(), score,
                                            [](double value, const auto& entry) { return value > entry.first; });
        ranked_.insert(place, {score, item});
    }

    /// The items held, best first.
    std::vector<index_t> items() const {
        std::vector<index_t> found;
        for (const auto& [score, item] : ranked_) found.push_back(item);
        return found;
    }

private:
    std::size_t capacity_ = 0;
    std::vector<std::pair<double, index_t>> ranked_;
};

}  // namespace lpntk
