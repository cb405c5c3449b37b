#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The rows of a similarity one after another, each asked for once, computed in blocks.
///
/// A row of a kernel computed on demand reads all features whether one row or sixteen are made of them,
/// so that a block of rows costs little more than one. When a row is not at hand, it and the rows that the
/// caller holds to be next are asked for together. Eight blocks are remembered, the oldest is given up
/// first: 8 x block x N numbers. Rows of a similarity without rows() come one by one.
template <similarity S>
class prefetched_rows {
public:
    using scalar = typename S::scalar;  ///< of the similarity

    /// Refers to `items`.
    prefetched_rows(const S& items, index_t block, std::string_view function)
        : items_(items), block_(has_rows<S> ? std::min(block, items.size()) : 1), function_(function),
          slot_of_(static_cast<std::size_t>(items.size()), absent),
          item_in_(static_cast<std::size_t>(slots()), absent) {}

    prefetched_rows(const S&& items, index_t block, std::string_view function) = delete;

    /// Rows that one miss may ask for; 1 when the similarity cannot give several.
    index_t block() const { return block_; }

    /// Whether the row of `item` is remembered.
    bool holds(index_t item) const { return slot_of_[static_cast<std::size_t>(item)] != absent; }

    /// The row of `item`, finite. On a miss guess() gives the items to compute along with it (a vector, at
    /// most block() - 1 of them, none that holds() or is `item`). The view is good until the next call.
    template <class Guess>
    vector_view<scalar> row(index_t item, Guess&& guess) {
        if (!holds(item)) fetch(item, guess());
        const index_t slot = slot_of_[static_cast<std::size_t>(item)];
        const vector_view<scalar> found = row_of<scalar>(cache_, slot);
        require_finite_row<scalar>(item, found, function_);
        return found;
    }

private:
    static constexpr index_t absent = -1;
    static constexpr index_t blocks = 8;

    index_t slots() const { return block_ > 1 ? blocks * block_ : 1; }

    void fetch(index_t item, const std::vector<index_t>& along) {
        if (cache_.size() == 0) cache_.resize(slots(), items_.size());
        wanted_.assign(1, item);
        wanted_.insert(wanted_.end(), along.begin(), along.end());
        const index_t first = next_;
        for (index_t slot = first; slot < first + block_; ++slot) forget(slot);
        read_rows(items_, wanted_, cache_.middleRows(first, static_cast<index_t>(wanted_.size())));
        for (std::size_t k = 0; k < wanted_.size(); ++k) remember(wanted_[k], first + static_cast<index_t>(k));
        next_ = (first + block_) % slots();
    }

    void forget(index_t slot) {
        index_t& item = item_in_[static_cast<std::size_t>(slot)];
        if (item != absent) slot_of_[static_cast<std::size_t>(item)] = absent;
        item = absent;
    }

    void remember(index_t item, index_t slot) {
        item_in_[static_cast<std::size_t>(slot)] = item;
        slot_of_[static_cast<std::size_t>(item)] = slot;
    }

    const S& items_;
    index_t block_;
    std::string_view function_;
    std::vector<index_t> slot_of_;  // of each item, or absent
    std::vector<index_t> item_in_;  // of each slot, or absent
    std::vector<index_t> wanted_;
    matrix<scalar> cache_;
    index_t next_ = 0;
};

}  // namespace lpntk
