#include <lpntk/kernel/gram.hpp>

#include <Eigen/Eigenvalues>

#include <lpntk/cluster/similarity_source.hpp>
#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/rows.hpp>

#include "kernel/grams.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t, lpntk::label_signs, lpntk::part_form;
using test::error, test::exact_gram, test::features_of, test::formed, test::same_bits, test::unformed;

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

TEST_CASE("a kernel that overflows names the function and the first pair that does, for any number of threads") {
    auto data = test::random_samples<float>(60, 1);
    data.labels[37] = 1, data.classes = 4;
    const auto huge = [](int label, lpntk::vector_span<float> u) { u.setConstant(label == 1 ? 1e25F : 1.0F); };
    for (const int threads : {1, 2, 3}) {
        const auto phi = lpntk::tangent_features(test::three_kinds<float>(), data, huge);
        const lpntk::gram_options options{.threads = threads, .tile = 16};
        const auto says = [](const std::string& message, auto&& action) {
            CHECK(test::message_of<lpntk::numeric_error>(action).find(message) == 0);
        };
        says("gram: the kernel of samples 37 and 37 overflows", [&] { (void)lpntk::gram(phi, options); });
        says("cross_gram: the kernel of samples 37 and 37 ", [&] { (void)lpntk::cross_gram(phi, phi, options); });
        says("kernel_rows::diagonal: the kernel of samples 37 and 37 ",
             [&] { (void)lpntk::kernel_rows<float>(phi, options).diagonal(); });
    }
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
    const lpntk::matrix<double> expected = 2 * lpntk::cross_gram(phi_f, psi) + 3 * lpntk::cross_gram(phi_g, psi);
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
