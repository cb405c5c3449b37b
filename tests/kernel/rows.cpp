// Features as what by_class and the clusterings take, in a program that knows how to make features and no kernel
// header.
#include <lpntk/cluster/by_class.hpp>
#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/kernel/tangent_features.hpp>

#include <type_traits>
#include <vector>

#include "kernel/grams.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;

namespace {

template <class Features>
concept has_whole_similarity = requires(Features&& phi) { similarity_of(static_cast<Features&&>(phi)); };

using features = lpntk::features<float>;
using rows = lpntk::kernel_rows<float>;

}  // namespace

static_assert(lpntk::similarity<rows> && lpntk::has_rows<rows> && lpntk::similarity_source<rows>);
static_assert(lpntk::similarity_source<features> && !lpntk::similarity<features>);

// What would dangle does not compile; features that are moved in are kept.
static_assert(std::is_constructible_v<rows, features&> && std::is_constructible_v<rows, const features&> &&
              std::is_constructible_v<rows, features> && !std::is_constructible_v<rows, const features>);
static_assert(has_whole_similarity<features&> && has_whole_similarity<const features&> &&
              !has_whole_similarity<features> && !has_whole_similarity<const features>);

TEST_CASE("features are clustered as their rows are, whole and by class") {
    const auto phi = test::features_of<float>(40, 2);
    const auto data = test::random_samples<float>(40, 2);
    const lpntk::farthest_points a_tenth{.share = 0.1};
    REQUIRE(a_tenth(phi) == a_tenth(rows(phi)));
    REQUIRE(a_tenth(phi).size() == 4);
    REQUIRE(lpntk::by_class(phi, data, lpntk::farthest_points{.heads = 3}).results[1].size() == 3);
}

TEST_CASE("rows on demand, taken by class, keep their options and have the bits of the features taken by class") {
    const auto phi = test::features_of<float>(40, 2);
    const auto labels = test::random_samples<float>(40, 2).labels;
    index_t reports = 0;
    const lpntk::kernel_rows<float> on_demand(phi, {.threads = 1, .report = [&](index_t, index_t) { ++reports; }});
    const auto first_row = [](const auto& part) {
        lpntk::vector<float> row(part.size());
        part.row(0, row);
        return row;
    };
    const auto gram_of = [](const auto& items) {
        lpntk::matrix<float> values(items.size(), items.size());
        for (index_t i = 0; i < items.size(); ++i) items.row(i, values.row(i).transpose());
        return lpntk::matrix_similarity<float>(values);
    };
    const auto kept = lpntk::by_class(on_demand, labels, first_row);
    REQUIRE(reports > 0);
    REQUIRE(kept.results == lpntk::by_class(phi, labels, first_row).results);
    REQUIRE(kept.results == lpntk::by_class(gram_of(on_demand), labels, first_row).results);
}

TEST_CASE("rows that there are not are refused by name") {
    const auto phi = test::features_of<float>(12, 2);
    const lpntk::kernel_rows<float> rows(phi);
    lpntk::vector<float> row(12);
    const auto call = [&] { rows.row(99, row); };
    CHECK(test::message_of<lpntk::argument_error>(call) == "kernel_rows::rows: index is 99, must be in [0, 12)");
}
