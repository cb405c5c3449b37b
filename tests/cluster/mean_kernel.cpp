#include <lpntk/cluster/mean_kernel.hpp>

#include <vector>

#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/cluster/similarity_source.hpp>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;
using testing::random_kernel;

static_assert(similarity_source<mean_kernel<matrix_similarity<float>>>);
static_assert(has_rows<mean_kernel<matrix_similarity<double>>>);

}  // namespace

TEST_CASE("mean kernel: the mean of kernels of mean diagonal 1") {
    const auto a = random_kernel(9, testing::kind::smooth, 1), b = random_kernel(9, testing::kind::negative, 2);
    const matrix<double> expected = (a / a.diagonal().mean() + b / b.diagonal().mean()) / 2;
    std::vector<matrix_similarity<double>> kernels{matrix_similarity(a), matrix_similarity<double>(100 * b)};
    const mean_kernel kappa(kernels);
    CHECK((kappa.diagonal() - expected.diagonal()).cwiseAbs().maxCoeff() < 1e-12);
    vector<double> row(9);
    for (index_t i = 0; i < 9; ++i) {
        kappa.row(i, row);
        CHECK((row - expected.row(i).transpose()).cwiseAbs().maxCoeff() < 1e-12);
    }
    matrix<double> rows(2, 9);
    kappa.rows(std::vector<index_t>{7, 3}, rows);
    kappa.row(7, row);
    CHECK(rows.row(0).transpose() == row);
    CHECK((rows.row(1) - expected.row(3)).cwiseAbs().maxCoeff() < 1e-12);

    CHECK_THROWS_AS(mean_kernel(std::vector<matrix_similarity<double>>{}), argument_error);
    kernels.emplace_back(random_kernel(4, testing::kind::smooth, 1));
    CHECK_THROWS_AS(mean_kernel(kernels), argument_error);
    kernels.back() = matrix_similarity<double>(-a);
    CHECK_THROWS_AS(mean_kernel(kernels), argument_error);
}
