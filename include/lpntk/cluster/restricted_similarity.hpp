#pragma once

#include <span>
#include <string>
#include <vector>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Some items of another similarity, renumbered 0, 1, ... in the order of `indices`.
///
/// A view: refers to the source, which must outlive it. A row costs one row of the source and a gather,
/// with a buffer of the source's length for each call (and for each of the rows of rows()); only the wanted
/// entries are read when the source has single entries. Thread-safe when the source is.
template <similarity S>
class restricted_similarity {
public:
    using scalar = typename S::scalar;  ///< of the source

    /// Refers to `source`. Throws argument_error when an index is outside [0, source.size()).
    restricted_similarity(const S& source, std::span<const index_t> indices)
        : source_(&source), indices_(indices.begin(), indices.end()) {
        for (const index_t i : indices_) require_index(i, source.size(), "restricted_similarity", "index");
    }

    restricted_similarity(const S&& source, std::span<const index_t> indices) = delete;

    index_t size() const { return static_cast<index_t>(indices_.size()); }  ///< indices, not items of the source

    /// Asks the source for all of its diagonal.
    vector<scalar> diagonal() const {
        const vector<scalar> all = source_->diagonal();
        vector<scalar> some(size());
        gather(all, some);
        return some;
    }

    /// `out`: size() numbers.
    void row(index_t i, vector_span<scalar> out) const {
        if constexpr (has_entries<S>) {
            for (index_t j = 0; j < size(); ++j) out[j] = (*source_)(original(i), original(j));
        } else {
            vector<scalar> whole(source_->size());
            read_row(*source_, original(i), whole);
            gather(whole, out);
        }
    }

    /// One row of `out` (size() columns) for each of `items`, numbered as here.
    void rows(std::span<const index_t> items, matrix_span<scalar> out) const
        requires has_rows<S> || has_entries<S>
    {
        if constexpr (has_entries<S>) {
            for (std::size_t r = 0; r < items.size(); ++r) row(items[r], row_of(out, static_cast<index_t>(r)));
        } else {
            std::vector<index_t> originals;
            for (const index_t i : items) originals.push_back(original(i));
            matrix<scalar> whole(static_cast<index_t>(items.size()), source_->size());
            read_rows(*source_, originals, whole);
            for (index_t r = 0; r < whole.rows(); ++r) gather(whole.row(r).transpose(), row_of(out, r));
        }
    }

    /// i and j in [0, size()), unchecked.
    scalar operator()(index_t i, index_t j) const
        requires has_entries<S>
    {
        return (*source_)(original(i), original(j));
    }

private:
    index_t original(index_t i) const { return indices_[static_cast<std::size_t>(i)]; }

    void gather(const vector_view<scalar>& from, vector_span<scalar> to) const {
        for (index_t j = 0; j < size(); ++j) to[j] = from[original(j)];
    }

    const S* source_;
    std::vector<index_t> indices_;
};

}  // namespace lpntk
