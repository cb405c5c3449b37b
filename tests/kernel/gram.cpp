#include <lpntk/cluster/similarity_source.hpp>
#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/rows.hpp>
#include <lpntk/kernel/tangent_features.hpp>

#include <Eigen/Eigenvalues>

#include "kernel/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;
using lpntk::label_signs;
using lpntk::part_form;

namespace {

/// Largest difference from the exact kernel, relative to its largest entry.
template <class Kernel>
double error(const Kernel& kappa, const lpntk::matrix<double>& exact) {
    double worst = 0;
    for (index_t i = 0; i < exact.rows(); ++i)
        for (index_t j = 0; j < exact.cols(); ++j)
            worst = std::max(worst, std::abs(static_cast<double>(kappa(i, j)) - exact(i, j)));
    return worst / exact.cwiseAbs().maxCoeff();
}

template <class T>
lpntk::features<T> features_of(index_t n, int classes = 4, lpntk::feature_options options = {}) {
    return lpntk::tangent_features(test::three_kinds<T>(classes), test::random_samples<T>(n, classes), label_signs{},
                                   options);
}

lpntk::matrix<double> exact_gram(index_t n, int classes = 4) {
    const auto data = test::random_samples<double>(n, classes);
    const auto phi = test::explicit_features(test::three_kinds<double>(classes), data.inputs,
                                             test::label_sign_rows(data.labels, classes));
    return phi * phi.transpose();
}

template <class T>
bool same_bits(const lpntk::gram_matrix<T>& a, const lpntk::gram_matrix<T>& b) {
    return a.size() == b.size() && std::equal(a.lower_row(0), a.lower_row(a.size()), b.lower_row(0));
}

const std::vector<part_form> unformed{part_form::dense, part_form::factors, part_form::factors, part_form::factors,
                                      part_form::dense};
const std::vector<part_form> formed(5, part_form::dense);

}  // namespace

TEST_CASE("the Gram is that of the features written out, in every form, at every edge of a tile") {
    for (const auto& forms : {unformed, formed, std::vector<part_form>{}})
        for (const index_t n : {1, 2, 7, 16, 17, 47, 49, 130}) {
            const lpntk::matrix<double> exact = exact_gram(n);
            REQUIRE(error(lpntk::gram(features_of<double>(n, 4, {.forms = forms})), exact) < 1e-14);
            REQUIRE(error(lpntk::gram(features_of<float>(n, 4, {.forms = forms})), exact) < 1e-6);
        }
}

TEST_CASE("a model with only a pullback or only a Jacobian has the same kernel") {
    const auto data = test::random_samples<double>(21, 4);
    const test::three_kinds<double> model;
    const lpntk::matrix<double> exact = exact_gram(21);
    const auto by_pullback = lpntk::tangent_features(test::plain_level<double, false>{model}, data, label_signs{});
    const auto by_jacobian = lpntk::tangent_features(test::plain_level<double, true>{model}, data, label_signs{});
    REQUIRE(error(lpntk::gram(by_pullback), exact) < 1e-14);
    REQUIRE(error(lpntk::gram(by_jacobian), exact) < 1e-14);
}

TEST_CASE("the kernel is symmetric and positive semi-definite") {
    const auto phi = features_of<double>(70, 3);
    const lpntk::matrix<double> dense = lpntk::gram(phi).dense();
    REQUIRE(error(dense, lpntk::cross_gram(phi, phi)) < 1e-14);  // computes both triangles
    const Eigen::SelfAdjointEigenSolver<lpntk::matrix<double>> solver(dense, Eigen::EigenvaluesOnly);
    REQUIRE(solver.eigenvalues().minCoeff() > -1e-13 * solver.eigenvalues().maxCoeff());
}

TEST_CASE("the kernel is linear in each cotangent") {
    const auto data = test::random_samples<double>(20, 3);
    const test::three_kinds<double> model(3);
    const auto f = [](int label, lpntk::vector_span<double> u) { u << 1, 0.5 * label, -1; };
    const auto g = [](int label, lpntk::vector_span<double> u) { u << label, 2, 3; };
    const auto sum = [&](int label, lpntk::vector_span<double> u) { u << 2 + 3.0 * label, 1.0 * label + 6, 7; };
    const auto phi_f = lpntk::tangent_features(model, data, f);
    const auto phi_g = lpntk::tangent_features(model, data, g);
    const auto phi_sum = lpntk::tangent_features(model, data, sum);  // 2 f + 3 g
    const auto psi = features_of<double>(20, 3);
    const lpntk::matrix<double> expected =
        2 * lpntk::cross_gram(phi_f, psi) + 3 * lpntk::cross_gram(phi_g, psi);
    REQUIRE(error(lpntk::cross_gram(phi_sum, psi), expected) < 1e-13);
    REQUIRE(error(lpntk::cross_gram(psi, phi_sum), expected.transpose()) < 1e-13);
}

TEST_CASE("two classes: label signs of the two labels are opposite") {
    auto data = test::random_samples<double>(12, 2);
    const test::three_kinds<double> model(2);
    const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, label_signs{}));
    data.labels.assign(12, 0);
    const auto one_label = lpntk::gram(lpntk::tangent_features(model, data, label_signs{}));
    for (index_t i = 0; i < 12; ++i)
        for (index_t j = 0; j <= i; ++j) {
            const double sign = (i + j) % 2 == 0 ? 1 : -1;
            REQUIRE(std::abs(kappa(i, j) - sign * one_label(i, j)) <= 1e-12 * one_label(0, 0));
        }
}

TEST_CASE("a sample with a zero feature is unrelated to all") {
    auto data = test::random_samples<float>(20, 2);
    const auto none = [](int label, lpntk::vector_span<float> u) { u.setConstant(label == 0 ? 1.0F : 0.0F); };
    const auto kappa = lpntk::gram(lpntk::tangent_features(test::three_kinds<float>(2), data, none));
    for (index_t i = 0; i < 20; ++i) REQUIRE(kappa(i, 3) == 0.0F);
    REQUIRE(kappa(4, 2) != 0.0F);
}

TEMPLATE_TEST_CASE("the same bits for any threads, batches and tiles", "", float, double) {
    using T = TestType;
    const index_t n = 75;
    const auto phi = features_of<T>(n, 4, {.threads = 1, .forms = unformed});
    const auto kappa = lpntk::gram(phi, {.threads = 1});
    for (const int threads : {2, 3, 8}) {
        REQUIRE(same_bits(kappa, lpntk::gram(phi, {.threads = threads})));
        const auto again = features_of<T>(n, 4, {.threads = threads, .forms = unformed});
        REQUIRE(same_bits(kappa, lpntk::gram(again, {.threads = threads})));
    }
    for (const index_t batch : {1, 32, 1000})
        REQUIRE(same_bits(kappa, lpntk::gram(features_of<T>(n, 4, {.batch = batch, .forms = unformed}))));
    for (const index_t tile : {1, 16, 32, 64, 500})
        REQUIRE(same_bits(kappa, lpntk::gram(phi, {.threads = 2, .tile = tile})));
}

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
    const auto one = kept.formed(1);
    lpntk::vector<float> row(large.parameters()), other(large.parameters());
    for (const int threads : {2, 3, 8}) {
        const auto again = kept.formed(threads);
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

TEST_CASE("progress of a Gram reaches its end, from the calling thread") {
    const auto phi = features_of<float>(100);
    std::vector<index_t> told;
    const auto report = [&](index_t done, index_t total) {
        told.push_back(done);
        REQUIRE(total == 28);
    };
    (void)lpntk::gram(phi, {.threads = 2, .tile = 16, .report = report});
    REQUIRE(std::is_sorted(told.begin(), told.end()));
    REQUIRE(told.back() == 28);
    const auto stop = [](index_t, index_t) { throw std::logic_error("enough"); };
    REQUIRE_THROWS_AS(lpntk::gram(phi, {.threads = 2, .tile = 16, .report = stop}), std::logic_error);
}

TEST_CASE("a kernel's bad arguments are named") {
    const auto phi = features_of<float>(10);
    const auto bad_tile = [&] { (void)lpntk::gram(phi, {.tile = -1}); };
    REQUIRE(test::message_of<lpntk::argument_error>(bad_tile).find("tile is -1") != std::string::npos);
    REQUIRE_THROWS_AS(lpntk::subset(phi, std::vector<index_t>{0, 10}), lpntk::argument_error);
    const lpntk::kernel_rows<float> rows(phi);
    lpntk::vector<float> out(10);
    REQUIRE_THROWS_AS(rows.row(10, out), lpntk::argument_error);
    REQUIRE_THROWS_AS(rows.row(-1, out), lpntk::argument_error);
    REQUIRE_THROWS_AS(rows.row(0, out.head(9)), lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::gram(phi).row(10, out), lpntk::argument_error);
    REQUIRE_THROWS_AS(lpntk::gram_matrix<float>(index_t{1} << 31), lpntk::memory_error);
    const lpntk::features<float> nothing(index_t{1} << 31, {});
    const auto huge = [&] { (void)lpntk::cross_gram(nothing, nothing); };
    REQUIRE(test::message_of<lpntk::memory_error>(huge).find("cross Gram of 2147483648 and") != std::string::npos);
}
