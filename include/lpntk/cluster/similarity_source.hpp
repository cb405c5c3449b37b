#pragma once

#include <concepts>
#include <span>
#include <type_traits>

#include "lpntk/cluster/restricted_similarity.hpp"
#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/types.hpp"

/// What clusterings and selections take: anything with a similarity, of all its items and of some of them.
///
/// | on a const Source, found by its namespace | meaning                                                      |
/// | ----------------------------------------- | ------------------------------------------------------------ |
/// | `similarity_of(source)`                   | the similarity of its items; may refer to the source         |
/// | `similarity_of(source, indices)`          | of the items `indices` alone, renumbered 0, 1, ...           |
/// | `source.size()`                           | N, the number of items                                       |
///
/// A similarity is its own source. A type that can do better than gather whole rows declares its own pair: features
/// in kernel/ give their kernel, row by row, and that of a class from the features of the class alone.
namespace lpntk::inline LPNTK_TARGET {

/// A similarity as the source of itself: no copy.
template <similarity S>
const S& similarity_of(const S& source) {
    return source;
}

/// The similarity between the items `indices` of `source`: a view, `source` must outlive it.
template <similarity S>
restricted_similarity<S> similarity_of(const S& source, std::span<const index_t> indices) {
    return {source, indices};
}

template <similarity S>
void similarity_of(const S&& temporary) = delete;
template <similarity S>
void similarity_of(const S&& temporary, std::span<const index_t> indices) = delete;

/// Has a similarity of all its items, and of some of them.
template <class Source>
concept similarity_source = requires(const Source& source, std::span<const index_t> indices) {
    { source.size() } -> std::convertible_to<index_t>;
    requires similarity<std::remove_cvref_t<decltype(similarity_of(source))>>;
    requires similarity<std::remove_cvref_t<decltype(similarity_of(source, indices))>>;
};

}  // namespace lpntk
