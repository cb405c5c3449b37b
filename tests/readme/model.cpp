// README's own model: what a user writes, checked as a user would check it.

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/pullback.hpp>

#include "support/catch.hpp"

namespace {

// [model]
struct softmax_regression {
    using scalar = double;
    lpntk::matrix<double> weights;                                                   // K x D
    lpntk::index_t inputs() const { return weights.cols(); }                         // D, so that samples are checked
    lpntk::index_t outputs() const { return weights.rows(); }                        // K
    lpntk::index_t parameters() const { return weights.size(); }                     // P
    void pullback(lpntk::vector_view<double> x, lpntk::vector_view<double> u,
                  lpntk::vector_span<double> g) const {                              // g := J(x)^T u
        Eigen::Map<lpntk::matrix<double>>(g.data(), weights.rows(), weights.cols()) = u * x.transpose();
    }
};
static_assert(lpntk::jacobian_provider<softmax_regression>);
// [end]

}  // namespace

TEST_CASE("README's model pulls back the outer product of cotangent and sample") {
    const softmax_regression model{lpntk::matrix<double>::Random(3, 4)};
    const lpntk::vector<double> x = lpntk::vector<double>::Random(4), u = lpntk::vector<double>::Random(3);
    lpntk::vector<double> g(12);
    lpntk::pullback(model, x, u, g);
    for (lpntk::index_t k = 0; k < 3; ++k)
        for (lpntk::index_t i = 0; i < 4; ++i) CHECK(g[k * 4 + i] == u[k] * x[i]);
}

TEST_CASE("README's model refuses samples of another length") {
    const softmax_regression model{lpntk::matrix<double>::Random(3, 4)};
    const std::vector<int> labels{0, 1};
    const auto features = [&](lpntk::index_t columns) {
        return lpntk::tangent_features(model, lpntk::matrix<double>::Ones(2, columns), labels, lpntk::label_signs{});
    };
    CHECK(lpntk::gram(features(4)).size() == 2);
    for (const lpntk::index_t wrong : {1, 3, 5})
        CHECK_THROWS_WITH(features(wrong), "tangent_features: numbers in a sample is " + std::to_string(wrong) + ", must be 4");
}
