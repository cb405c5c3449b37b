#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/output_probe.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"

/// What clustering and selection need to know of a kernel: a symmetric similarity between N items, a
/// row at a time. A Gram in memory, rows computed on demand and a user's own matrix all model it.
///
/// | on a const S                      | meaning                                        | concept      |
/// | --------------------------------- | ---------------------------------------------- | ------------ |
/// | `S::scalar`                       | float or double                                | has_items    |
/// | `size()`                          | N, the number of items                         | has_items    |
/// | `diagonal()`                      | N numbers, kappa(i, i)                         | has_diagonal |
/// | `row(i, vector_span<scalar> out)` | out[j] = kappa(i, j) for the N items j         | has_row      |
/// | `rows(indices, matrix_span out)`  | optional: several rows, the same bits as row() | has_rows     |
/// | `operator()(i, j)`                | optional: one entry, when it costs O(1)        | has_entries  |
///
/// `out` may be `auto` or a deduced Eigen::Ref; taken by value as an owning vector or matrix it is refused, since what
/// is written into a copy is lost (see output_probe).
///
/// kappa(i, j) == kappa(j, i) is assumed and never checked (matrix_similarity checks the user's
/// matrix). Const calls must be safe from several threads at once, unless the algorithm runs with
/// `threads = 1`. The algorithms stop with a numeric_error that names the items when they meet NaN or
/// infinity.
///
/// A similarity of one's own, complete: the RBF kernel of points on a line, clustered.
///
///     struct rbf_on_a_line {
///         using scalar = double;
///         std::vector<double> x;
///
///         lpntk::index_t size() const { return static_cast<lpntk::index_t>(x.size()); }
///         lpntk::vector<double> diagonal() const { return lpntk::vector<double>::Ones(size()); }
///         void row(lpntk::index_t i, lpntk::vector_span<double> out) const {
///             for (lpntk::index_t j = 0; j < size(); ++j) {
///                 const double apart = x[std::size_t(i)] - x[std::size_t(j)];
///                 out[j] = std::exp(-apart * apart);
///             }
///         }
///     };
///     static_assert(lpntk::similarity<rbf_on_a_line>);
///     const auto clusters = lpntk::farthest_points{.heads = 2}(rbf_on_a_line{{0.0, 0.1, 5.0}});
///     // clusters.heads == {0, 2}, clusters.assignment == {0, 0, 1}
namespace lpntk::inline LPNTK_TARGET {

/// N items, compared in float or double.
template <class S>
concept has_items = std::floating_point<typename S::scalar> && requires(const S& items) {
    { items.size() } -> std::convertible_to<index_t>;
};

/// Gives the N self-similarities.
template <class S>
concept has_diagonal = has_items<S> && requires(const S& items) {
    { items.diagonal() } -> std::convertible_to<vector<typename S::scalar>>;
};

/// Gives one row of N similarities.
template <class S>
concept has_row =
    has_items<S> && requires(const S& items, index_t i, vector_probe<typename S::scalar> out) { items.row(i, out); };

/// Gives several rows at once, which for a kernel computed on demand is far cheaper than one by one.
template <class S>
concept has_rows = has_items<S> && requires(const S& items, std::span<const index_t> indices,
                                            matrix_probe<typename S::scalar> out) { items.rows(indices, out); };

/// Gives single entries in O(1).
template <class S>
concept has_entries = has_items<S> && requires(const S& items, index_t i, index_t j) {
    { items(i, j) } -> std::convertible_to<typename S::scalar>;
};

/// A symmetric similarity between N items, as described at the top of this file.
template <class S>
concept similarity = has_items<S> && has_diagonal<S> && has_row<S>;

/// Writes row `i`, N numbers: how the library asks for a row, always with a span that has a name.
template <similarity S>
void read_row(const S& items, index_t i, vector_span<typename S::scalar> out) {
    items.row(i, out);
}

/// Writes the rows at `indices`, |indices| x N: together where the similarity has rows(), else one by one.
template <similarity S>
void read_rows(const S& items, std::span<const index_t> indices, matrix_span<typename S::scalar> out) {
    if constexpr (has_rows<S>) {
        items.rows(indices, out);
    } else {
        for (std::size_t r = 0; r < indices.size(); ++r)
            read_row(items, indices[r], row_of(out, static_cast<index_t>(r)));
    }
}

/// What `run()` returns, the work of `function` with lists of `bytes` an item; throws memory_error that names both when
/// they cannot be had.
template <similarity S, class Run>
auto with_lists_of(const S& items, std::string_view function, std::size_t bytes, Run&& run) {
    return with_memory(std::string(function) + " of " + std::to_string(items.size()) + " items",
                       static_cast<std::uint64_t>(items.size()) * bytes, run);
}

/// The diagonal, checked: at least one item, N numbers, all finite (numeric_error names the first that is
/// not).
template <similarity S>
vector<typename S::scalar> checked_diagonal(const S& items, std::string_view function) {
    require(items.size() >= 1, function, "number of items", items.size(), ">= 1");
    const vector<typename S::scalar> diagonal =
        with_lists_of(items, function, sizeof(typename S::scalar), [&] { return items.diagonal(); });
    require(diagonal.size() == items.size(), function, "length of the diagonal", diagonal.size(),
            "the number of items, " + std::to_string(items.size()));
    for (index_t i = 0; i < diagonal.size(); ++i)
        if (!is_finite(diagonal[i]))
            throw numeric_error(std::string(function) + ": the self-similarity of item " + std::to_string(i) +
                                " is NaN or infinite");
    return diagonal;
}

/// Throws numeric_error when row `i` holds NaN or infinity: names both items. O(N).
template <class T>
void require_finite_row(index_t i, const vector_view<T>& row, std::string_view function) {
    const index_t j = first_not_finite(row.data(), row.size());
    if (j == row.size()) return;
    throw numeric_error(std::string(function) + ": the similarity of items " + std::to_string(i) + " and " +
                        std::to_string(j) + " is NaN or infinite");
}

}  // namespace lpntk
