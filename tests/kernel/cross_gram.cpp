#include <lpntk/kernel/cross_gram.hpp>

#include <lpntk/cluster/similarity_source.hpp>
#include <lpntk/kernel/rows.hpp>

#include "kernel/grams.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t, lpntk::label_signs, lpntk::part_form;
using test::error, test::exact_gram, test::features_of, test::formed, test::same_bits, test::unformed;

TEMPLATE_TEST_CASE("an entry has the same bits from a Gram, a cross Gram, a row and a subset", "", float, double) {
    using T = TestType;
    const index_t n = 75;
    const auto phi = features_of<T>(n, 4, {.forms = unformed});
    const auto kappa = lpntk::gram(phi);
    const lpntk::matrix<T> dense = kappa.dense();
    REQUIRE(lpntk::cross_gram(phi, phi) == dense);

    const std::vector<index_t> some{74, 3, 3, 20, 51, 16, 0, 8, 9};
    const auto psi = lpntk::subset(phi, some);
    const lpntk::matrix<T> block = lpntk::cross_gram(psi, phi);
    const lpntk::matrix<T> transposed = lpntk::cross_gram(phi, psi, {.threads = 2, .tile = 16});
    REQUIRE(transposed.transpose() == block);

    const lpntk::kernel_rows<T> on_demand(phi);
    lpntk::matrix<T> rows(static_cast<index_t>(some.size()), n);
    on_demand.rows(some, rows);
    lpntk::vector<T> row(n);
    lpntk::vector<T> stored(n);
    const auto view = similarity_of(kappa, some);
    const auto lazy_view = similarity_of(phi, some);
    for (std::size_t r = 0; r < some.size(); ++r) {
        const auto at = static_cast<index_t>(r);
        on_demand.row(some[r], row);
        kappa.row(some[r], stored);
        REQUIRE(row == stored);
        REQUIRE(dense.row(some[r]).transpose() == stored);
        REQUIRE(rows.row(at).transpose() == stored);
        REQUIRE(block.row(at).transpose() == stored);
        lpntk::vector<T> of_view(psi.size());
        lpntk::vector<T> of_lazy_view(psi.size());
        view.row(at, of_view);
        lazy_view.row(at, of_lazy_view);
        REQUIRE(of_view == of_lazy_view);
        for (std::size_t c = 0; c < some.size(); ++c)
            REQUIRE(of_view[static_cast<index_t>(c)] == kappa(some[r], some[c]));
    }
    REQUIRE(on_demand.diagonal() == kappa.diagonal());
    REQUIRE(lazy_view.diagonal() == view.diagonal());
    REQUIRE(kappa.diagonal() == lpntk::vector<T>(dense.diagonal()));
}

TEST_CASE("sets of samples whose parts were kept in different forms have a cross Gram all the same") {
    const auto phi = features_of<double>(30, 4, {.forms = unformed});
    const auto psi = features_of<double>(20, 4, {.forms = formed});
    const lpntk::matrix<double> exact = exact_gram(30).leftCols(20);
    REQUIRE(error(lpntk::cross_gram(phi, psi), exact) < 1e-14);
    REQUIRE(error(lpntk::cross_gram(psi, phi), exact.transpose()) < 1e-14);
    REQUIRE_THROWS_AS(lpntk::cross_gram(phi, lpntk::features<double>(20, {psi.parts()[0]})), lpntk::argument_error);
}

TEST_CASE("parts are formed for a cross Gram with the same bits by any threads, large ones too") {
    // Eigen would share out a product of this size, and cut sums of 3000 terms by the threads.
    const lpntk::part_layout large{"large", 48, 64, 3000, true};
    const lpntk::matrix<float> d = test::random_matrix<float>(19, 3000 * 48, 1);
    const lpntk::matrix<float> a = test::random_matrix<float>(19, 3000 * 64, 2);
    auto kept = lpntk::feature_part<float>::allocate(large, part_form::factors, 19);
    kept.left.set_rows(0, d);
    kept.right.set_rows(0, a);
    const auto one = kept.in_form(part_form::dense, 1);
    lpntk::vector<float> row(large.parameters()), other(large.parameters());
    for (const int threads : {2, 3, 8}) {
        const auto again = kept.in_form(part_form::dense, threads);
        for (index_t i = 0; i < 19; ++i) {
            one.left.row(i, row);
            again.left.row(i, other);
            REQUIRE(row == other);
        }
    }
    double expected = 0;  // the last sample's entry of input 63 and output 47
    for (index_t t = 0; t < 3000; ++t) expected += static_cast<double>(a(18, t * 64 + 63)) * d(18, t * 48 + 47);
    REQUIRE(std::abs(static_cast<double>(row[63 * 48 + 47]) - expected) < 1e-3);
    const lpntk::features<float> phi(19, {kept}), psi(19, {one});
    REQUIRE(lpntk::cross_gram(phi, psi, {.threads = 1}) == lpntk::gram(psi, {.threads = 2}).dense());
}
