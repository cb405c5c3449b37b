#include <lpntk/mpi/kernel_rows.hpp>

#include <vector>

#include <lpntk/cluster/by_class.hpp>
#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/cluster/near_duplicates.hpp>
#include <lpntk/cluster/single_linkage.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/score/row_statistics.hpp>

#include "kernel/models.hpp"
#include "mpi/ranks.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::label_signs;

TEST_CASE("algorithms find over ranks what they find on the Gram, on every rank") {
    const test::three_kinds<float> model(4);
    const auto data = test::random_samples<float>(150, 4);
    const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, label_signs{}));
    const lpntk::mpi::kernel_rows<float> rows(test::ranks(), model, data, label_signs{}, {.threads = 2},
                                              {.threads = 2});
    REQUIRE(rows.size() == 150);
    REQUIRE(rows.diagonal() == kappa.diagonal());
    lpntk::matrix<float> some(4, 150);
    rows.rows(std::vector<index_t>{149, 3, 149, 70}, some);
    const auto dense = kappa.dense();
    REQUIRE((some.row(0) == dense.row(149) && some.row(1) == dense.row(3) && some.row(2) == dense.row(149) &&
             some.row(3) == dense.row(70)));

    const lpntk::farthest_points fpc{.heads = 20};
    REQUIRE(fpc(rows).heads == fpc(kappa).heads);
    REQUIRE(fpc(rows).assignment == fpc(kappa).assignment);
    REQUIRE(lpntk::maximum_spanning_tree{}(rows) == lpntk::maximum_spanning_tree{}(kappa));
    const lpntk::near_duplicates twins{.epsilon = 0.3, .threads = 1};
    REQUIRE(twins(rows).sets == twins(kappa).sets);
#ifdef _OPENMP
    const lpntk::near_duplicates by_threads{.epsilon = 0.3, .threads = 2};  // would mix up the ranks' answers
    REQUIRE_THROWS_AS(by_threads(rows), lpntk::argument_error);
#endif
    const lpntk::farthest_points few{.heads = 3};
    for (std::size_t c = 0; c < 4; ++c)
        REQUIRE(lpntk::by_class(rows, data, few).results[c].heads ==
                lpntk::by_class(kappa, data, few).results[c].heads);
    const lpntk::collect_row_statistics statistics{.threads = 1};
    REQUIRE(statistics(rows, data).mean_similarity == statistics(kappa, data).mean_similarity);
}

TEST_CASE("fewer samples than ranks, and bad indices") {
    const test::three_kinds<float> model(4);
    const auto data = test::random_samples<float>(2, 4);
    const lpntk::mpi::kernel_rows<float> rows(test::ranks(), model, data, label_signs{});
    const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, label_signs{}));
    lpntk::vector<float> row(2), longer(3);
    rows.row(1, row);
    REQUIRE((row[0] == kappa(1, 0) && row[1] == kappa(1, 1)));
    REQUIRE_THROWS_AS(rows.row(2, row), lpntk::argument_error);
    REQUIRE_THROWS_AS(rows.row(0, longer), lpntk::argument_error);
}
