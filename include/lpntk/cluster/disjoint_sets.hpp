#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// N items in sets that can be joined (Tarjan 1975). The lowest item of a set stands for it, so that the sets do not
/// depend on the order in which they were joined.
class disjoint_sets {
public:
    /// Each item in a set of its own.
    explicit disjoint_sets(index_t items) : parent_(static_cast<std::size_t>(items)) {
        std::iota(parent_.begin(), parent_.end(), index_t{0});
    }

    /// The lowest item of the set of `item`.
    index_t find(index_t item) {
        while (parent(item) != item) item = parent(item) = parent(parent(item));
        return item;
    }

    /// Makes one set of those of a and b.
    void join(index_t a, index_t b) {
        a = find(a), b = find(b);
        parent(a < b ? b : a) = a < b ? a : b;
    }

    /// Joins what is joined in `other`, of as many items.
    void join(disjoint_sets& other) {
        for (index_t i = 0; i < static_cast<index_t>(parent_.size()); ++i) join(i, other.find(i));
    }

    /// The sets of two items or more, each ascending, by their lowest item.
    std::vector<std::vector<index_t>> several() {
        std::vector<std::vector<index_t>> members(parent_.size()), found;
        for (std::size_t i = 0; i < parent_.size(); ++i)
            members[static_cast<std::size_t>(find(static_cast<index_t>(i)))].push_back(static_cast<index_t>(i));
        for (auto& set : members)
            if (set.size() > 1) found.push_back(std::move(set));
        return found;
    }

private:
    index_t& parent(index_t item) { return parent_[static_cast<std::size_t>(item)]; }

    std::vector<index_t> parent_;
};

}  // namespace lpntk
