#include <lpntk/core/bf16.hpp>
#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/gram_by_class.hpp>
#include <lpntk/kernel/rows.hpp>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

#include "kernel/grams.hpp"
#include "support/catch.hpp"

using lpntk::factor_precision;
using lpntk::index_t;
using lpntk::part_form;

namespace {

constexpr auto bf16 = factor_precision::bf16;

/// Every form, odd and even numbers of columns, more than one depth block.
lpntk::features<float> rough_features(index_t n) { return test::features_of<float>(n, 4, {.forms = test::unformed}); }

/// The same numbers in double, each as it comes from `change`.
template <class Change>
lpntk::features<double> in_double(const lpntk::features<float>& phi, Change&& change) {
    std::vector<lpntk::feature_part<double>> parts;
    for (const auto& part : phi.parts()) {
        parts.push_back(lpntk::feature_part<double>::allocate(part.layout, part.form, phi.size()));
        parts.back().left.set_rows(0, part.left.to_matrix().unaryExpr(change).template cast<double>());
        if (part.form != part_form::dense)
            parts.back().right.set_rows(0, part.right.to_matrix().unaryExpr(change).template cast<double>());
    }
    return {phi.size(), std::move(parts)};
}

const auto rounded = [](float x) { return static_cast<float>(Eigen::bfloat16(x)); };

/// The parts of LeNet as the cost model keeps them: convolutions formed, linear layers d and a >= 0.
lpntk::features<float> lenet_shaped(index_t n) {
    std::vector<lpntk::feature_part<float>> parts;
    const auto add = [&](const lpntk::part_layout& layout, part_form form) {
        parts.push_back(lpntk::feature_part<float>::allocate(layout, form, n));
        auto& part = parts.back();
        part.left.set_rows(0, test::random_matrix<float>(n, part.left.columns(), 3, parts.size()));
        if (form == part_form::factors)
            part.right.set_rows(0, test::random_matrix<float>(n, layout.inputs, 4, parts.size()).cwiseMax(0.0F));
    };
    add({"conv 1", 320}, part_form::dense);
    add({"conv 2", 18'496}, part_form::dense);
    add({"linear 1", 128, 9216, 1, true}, part_form::factors);
    add({"linear 2", 10, 128, 1, true}, part_form::factors);
    return {n, std::move(parts)};
}

}  // namespace

TEST_CASE("rounding to bf16 is to the nearest, halves to even") {
    const auto round = [](float x) { return lpntk::micro::bf16_pair{lpntk::micro::round_to_bf16(x)}.first(); };
    REQUIRE(round(1.0F) == 1.0F);
    REQUIRE(round(-0x1.02p0F) == -0x1.02p0F);
    REQUIRE(round(0x1.01p0F) == 1.0F);           // half way, even below
    REQUIRE(round(0x1.03p0F) == 0x1.04p0F);      // half way, even above
    REQUIRE(round(0x1.010002p0F) == 0x1.02p0F);  // just above half way
    REQUIRE(round(-0x1.00fffep0F) == -1.0F);     // just below
    REQUIRE(round(0x1.ffp5F) == 0x1p6F);         // carries into the exponent
    REQUIRE(round(std::numeric_limits<float>::max()) == std::numeric_limits<float>::infinity());
    const float nan = std::bit_cast<float>(0x7fffffffU);
    REQUIRE(std::isnan(round(nan)));
    REQUIRE(std::isnan(round(-nan)));
    lpntk::random_stream draw(1, 0);
    for (int i = 0; i < 1000; ++i) {
        const auto x = static_cast<float>(draw.normal());
        REQUIRE(round(x) == rounded(x));
    }
}

TEST_CASE("the bf16 Gram is that of the rounded factors, in every form, at every edge of a tile") {
    for (const index_t n : {1, 7, 17, 49, 130}) {
        const auto phi = rough_features(n);
        const lpntk::matrix<double> exact = lpntk::gram(in_double(phi, rounded)).dense();
        const lpntk::matrix<double> kappa = lpntk::gram(phi, {.factors = bf16}).dense().cast<double>();
        REQUIRE((kappa - exact).cwiseAbs().maxCoeff() <= 1e-6 * exact.cwiseAbs().maxCoeff());
    }
}

TEST_CASE("the error of bf16 factors on LeNet's shapes; off by default") {
    const index_t n = 64;
    const auto phi = lenet_shaped(n);
    const lpntk::matrix<double> exact = lpntk::gram(in_double(phi, [](float x) { return x; })).dense();
    const auto worst = [&](const lpntk::gram_options& options) {
        const lpntk::matrix<double> off = lpntk::gram(phi, options).dense().cast<double>() - exact;
        const lpntk::vector<double> size = exact.diagonal().cwiseSqrt();
        REQUIRE(off.norm() <= 1e-3 * exact.norm());
        return (off.array() / (size * size.transpose()).array()).abs().maxCoeff();
    };
    REQUIRE(worst({}) <= 1e-6);
    REQUIRE(worst({.factors = bf16}) <= 4e-3);
    REQUIRE(worst({.factors = bf16}) >= 1e-5);
}

TEST_CASE("the bf16 kernel has the same bits for any threads and tiles, from a Gram, a cross Gram and by class") {
    const auto phi = rough_features(75);
    const lpntk::matrix<float> kappa = lpntk::gram(phi, {.threads = 1, .factors = bf16}).dense();
    for (const int threads : {2, 3, 8})
        REQUIRE(lpntk::gram(phi, {.threads = threads, .factors = bf16}).dense() == kappa);
    for (const index_t tile : {1, 16, 64, 500})
        REQUIRE(lpntk::gram(phi, {.tile = tile, .factors = bf16}).dense() == kappa);
    REQUIRE(lpntk::cross_gram(phi, phi, {.factors = bf16}) == kappa);

    const std::vector<index_t> some{74, 3, 3, 20, 51};
    const auto psi = lpntk::subset(phi, some);
    const lpntk::matrix<float> block = lpntk::cross_gram(psi, phi, {.factors = bf16});
    for (std::size_t r = 0; r < some.size(); ++r) REQUIRE(block.row(static_cast<index_t>(r)) == kappa.row(some[r]));
    REQUIRE(lpntk::cross_gram(phi, psi, {.factors = bf16}).transpose() == block);

    const auto labels = test::random_samples<float>(75, 4).labels;
    const auto blocks = lpntk::gram_by_class(phi, {labels, 5}, {.factors = bf16});  // nobody is in class 4
    REQUIRE(blocks.results[1].dense()(2, 1) == kappa(9, 5));
    REQUIRE(blocks.results[4].size() == 0);
}

TEST_CASE("the bf16 kernel is positive semi-definite up to the rounding of its sums") {
    std::vector<index_t> twice;
    for (index_t i = 0; i < 80; ++i) twice.push_back(i / 2);  // half of the eigenvalues are zero
    const auto phi = lpntk::subset(rough_features(40), twice);
    const lpntk::matrix<double> kappa = lpntk::gram(phi, {.factors = bf16}).dense().cast<double>();
    const Eigen::SelfAdjointEigenSolver<lpntk::matrix<double>> solver(kappa, Eigen::EigenvaluesOnly);
    REQUIRE(solver.eigenvalues().minCoeff() >= -1e-6 * solver.eigenvalues().maxCoeff());
}

TEST_CASE("bf16 factors are for float features and whole Grams") {
    const lpntk::features<double> wide = in_double(rough_features(5), [](float x) { return x; });
    REQUIRE_THROWS_AS(lpntk::gram(wide, {.factors = bf16}), lpntk::argument_error);
    const auto phi = rough_features(5);
    REQUIRE_THROWS_AS(lpntk::kernel_rows<float>(phi, {.factors = bf16}), lpntk::argument_error);
}
