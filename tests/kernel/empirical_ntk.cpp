#include <lpntk/kernel/empirical_ntk.hpp>

#include "kernel/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;

namespace {

const index_t classes = 3;

lpntk::matrix<double> jacobian_of(const test::three_kinds<double>& model, const lpntk::matrix<double>& inputs,
                                  index_t i) {
    lpntk::matrix<double> j(model.outputs(), model.parameters());
    test::plain_level<double, true>{model}.jacobian(lpntk::vector<double>(inputs.row(i)), j);
    return j;
}

}  // namespace

TEST_CASE("blocks of the empirical NTK are products of the Jacobians") {
    const auto data = test::random_samples<double>(9, classes);
    const test::three_kinds<double> model(classes);
    const lpntk::empirical_ntk<double> entk(model, data.inputs);
    REQUIRE(entk.size() == 9);
    REQUIRE(entk.outputs() == classes);
    const auto all = entk.all();
    const std::vector<std::pair<index_t, index_t>> pairs{{0, 0}, {3, 8}, {8, 3}};
    const auto some = entk.blocks(pairs, 2);
    for (std::size_t p = 0; p < pairs.size(); ++p) {
        const auto [i, j] = pairs[p];
        const lpntk::matrix<double> exact =
            jacobian_of(model, data.inputs, i) * jacobian_of(model, data.inputs, j).transpose();
        REQUIRE((entk.block(i, j) - exact).cwiseAbs().maxCoeff() <= 1e-13 * exact.cwiseAbs().maxCoeff());
        REQUIRE(some[p] == entk.block(i, j));
        REQUIRE(entk.block_row(i).middleCols(j * classes, classes) == some[p]);
        REQUIRE(entk.block(j, i).transpose() == some[p]);
        for (index_t k = 0; k < classes; ++k)
            for (index_t l = 0; l < classes; ++l) REQUIRE(all(i * classes + k, j * classes + l) == some[p](k, l));
    }
    REQUIRE_THROWS_AS(entk.block(0, 9), lpntk::argument_error);
    REQUIRE_THROWS_AS(entk.block_row(-1), lpntk::argument_error);
}

TEST_CASE("lpNTK and pNTK are the blocks contracted with their cotangents") {
    const auto data = test::random_samples<double>(12, classes);
    const test::three_kinds<double> model(classes);
    const lpntk::empirical_ntk<double> entk(model, data.inputs);
    const auto signs = test::label_sign_rows(data.labels, classes);
    const lpntk::vector<double> ones = lpntk::vector<double>::Constant(classes, 1 / std::sqrt(3.0));
    const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, lpntk::label_signs{}));
    const auto pntk = lpntk::gram(lpntk::tangent_features(model, data, lpntk::all_ones{}));
    const double scale = kappa.diagonal().maxCoeff();
    for (index_t i = 0; i < 12; ++i)
        for (index_t j = 0; j < 12; ++j) {
            const lpntk::vector<double> s_i = signs.row(i);
            const lpntk::vector<double> s_j = signs.row(j);
            REQUIRE(std::abs(kappa(i, j) - entk.contract(i, s_i, j, s_j)) <= 1e-13 * scale);
            REQUIRE(std::abs(pntk(i, j) - entk.contract(i, ones, j, ones)) <= 1e-13 * scale);
        }
    REQUIRE_THROWS_AS(entk.contract(0, ones.head(2), 1, ones), lpntk::argument_error);
}

TEST_CASE("the trace NTK is the mean of the blocks' diagonals") {
    const auto data = test::random_samples<double>(10, classes);
    const test::three_kinds<double> model(classes);
    const lpntk::empirical_ntk<double> entk(model, data.inputs);
    const auto trace = lpntk::trace_ntk(model, data.inputs);
    const double scale = trace.diagonal().maxCoeff();
    for (index_t i = 0; i < 10; ++i)
        for (index_t j = 0; j <= i; ++j)
            REQUIRE(std::abs(trace(i, j) - entk.block(i, j).trace() / static_cast<double>(classes)) <= 1e-13 * scale);
}

TEST_CASE("logits that are not finite are named by the rows that they have") {
    auto data = test::random_samples<double>(6, classes);
    const test::three_kinds<double> model(classes);
    data.inputs.row(4).setConstant(1e308);
    const auto call = [&] { (void)lpntk::logit_features(model, data.inputs, {.batch = 1, .threads = 1}); };
    CHECK(test::says(test::message_of<lpntk::numeric_error>(call), "samples counted 3 times, once for each logit: "));
    CHECK(test::says(test::message_of<lpntk::numeric_error>(call), "of sample 12"));
}
