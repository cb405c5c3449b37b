#include <lpntk/model/losses.hpp>

#include <cmath>

#include "model/models.hpp"
#include "support/catch.hpp"

using lpntk::vector;

TEST_CASE("softmax, cross-entropy and error norm are what their definitions say", "[losses]") {
    const vector<double> z = models::random_matrix(5, 1, 3);
    vector<double> q(5);
    CHECK(std::abs(lpntk::softmax<double>(z, q) - models::log_sum_exp(z)) <= 1e-15);
    for (lpntk::index_t k = 0; k < 5; ++k) CHECK(std::abs(q[k] - std::exp(z[k] - models::log_sum_exp(z))) <= 1e-15);
    CHECK(lpntk::softmax<double>(z) == q);
    for (int label = 0; label < 5; ++label) {
        vector<double> error(5);
        const double loss = lpntk::cross_entropy<double>(z, label, error);
        CHECK(loss == lpntk::cross_entropy<double>(z, label));
        CHECK(std::abs(loss + std::log(q[label])) <= 1e-14);
        CHECK(error == q - vector<double>(vector<double>::Unit(5, label)));
        CHECK(std::abs(lpntk::error_norm<double>(z, label) - error.norm()) <= 1e-15);
    }
}

TEST_CASE("losses stay finite for logits of 1e4 and refuse labels without a logit", "[losses]") {
    vector<double> z(3);
    z << 1e4, -1e4, 0;
    CHECK(lpntk::cross_entropy<double>(z, 0) == 0);
    CHECK(lpntk::cross_entropy<double>(z, 1) == 2e4);
    CHECK(lpntk::error_norm<double>(z, 2) == std::sqrt(2.0));
    CHECK(lpntk::predicted_class<double>(z) == 0);
    CHECK_THROWS_WITH(lpntk::cross_entropy<double>(z, 3), "cross_entropy: label is 3, must be in [0, 3)");
    CHECK_THROWS_AS(lpntk::error_norm<double>(z, -1), lpntk::argument_error);
    vector<double> two(2);
    CHECK_THROWS_AS(lpntk::cross_entropy<double>(z, 0, two), lpntk::argument_error);
}
