#include <lpntk/cluster/similarity_source.hpp>

#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/cluster/kernel_k_means.hpp>
#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/cluster/prefetched_rows.hpp>
#include <lpntk/cluster/relations.hpp>
#include <lpntk/cluster/single_linkage.hpp>

#include <type_traits>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

namespace elsewhere {

/// Points that have a similarity and are none: the bare_similarity of a source.
struct points {
    matrix<double> inner_products;
    index_t size() const { return inner_products.rows(); }
};

matrix_similarity<double> similarity_of(const points& source) {
    return matrix_similarity<double>(source.inner_products);
}

matrix_similarity<double> similarity_of(const points& source, std::span<const index_t> indices) {
    return matrix_similarity<double>(source.inner_products(indices, indices));
}

}  // namespace elsewhere

namespace {

using similar = matrix_similarity<double>;

template <class Source>
concept has_whole = requires(Source&& source) { similarity_of(static_cast<Source&&>(source)); };

template <class Source>
concept has_part = requires(Source&& source, std::span<const index_t> indices) {
    similarity_of(static_cast<Source&&>(source), indices);
};

}  // namespace

static_assert(similarity_source<similar> && similarity_source<testing::bare_similarity>);
static_assert(similarity_source<elsewhere::points> && !similarity<elsewhere::points>);
static_assert(!similarity_source<matrix<double>> && !similarity_source<std::vector<double>>);

// A similarity is its own source, without a copy; of a temporary there is none, nor any view.
static_assert(std::is_same_v<decltype(similarity_of(std::declval<const similar&>())), const similar&>);
static_assert(has_whole<similar&> && has_whole<const similar&> && !has_whole<similar> && !has_whole<const similar>);
static_assert(has_part<similar&> && has_part<const similar&> && !has_part<similar> && !has_part<const similar>);
static_assert(std::is_constructible_v<restricted_similarity<similar>, similar&, std::span<const index_t>> &&
              !std::is_constructible_v<restricted_similarity<similar>, similar, std::span<const index_t>> &&
              !std::is_constructible_v<restricted_similarity<similar>, const similar, std::span<const index_t>>);
static_assert(std::is_constructible_v<prefetched_rows<similar>, const similar&, index_t, const char*> &&
              !std::is_constructible_v<prefetched_rows<similar>, similar, index_t, const char*>);

TEST_CASE("every clustering takes a source as it takes its similarity") {
    const elsewhere::points source{random_kernel(30, kind::smooth, 3)};
    const similar items(source.inner_products);
    const farthest_points few{.heads = 4};
    CHECK(few(source) == few(items));
    const kernel_k_means means{.clusters = 3, .seed = 1};
    CHECK(means(source) == means(items));
    CHECK(single_linkage{}(source).linkage == single_linkage{}(items).linkage);
    CHECK(maximum_spanning_tree{}(source) == maximum_spanning_tree{}(items));
    CHECK(count_relations{}(source).whole() == count_relations{}(items).whole());
    CHECK(summarise(source, few(items)).at(2).radius == summarise(items, few(items)).at(2).radius);
}
