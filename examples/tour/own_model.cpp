// A model of your own: what it must offer, whether its gradient is right, and its kernel.
#include <lpntk/lpntk.hpp>

#include <iostream>

/// z = W x: softmax regression, with nothing of nn/.
struct softmax_regression {
    using scalar = double;
    lpntk::matrix<double> w = lpntk::matrix<double>::Random(3, 4);  // K x D

    lpntk::index_t inputs() const { return w.cols(); }      // D: optional, but then samples are checked
    lpntk::index_t outputs() const { return w.rows(); }     // K
    lpntk::index_t parameters() const { return w.size(); }  // P
    void logits(lpntk::vector_view<double> x, lpntk::vector_span<double> z) const { z = w * x; }
    void pullback(lpntk::vector_view<double> x, lpntk::vector_view<double> u, lpntk::vector_span<double> g) const {
        Eigen::Map<lpntk::matrix<double>>(g.data(), w.rows(), w.cols()) = u * x.transpose();  // g := J(x)^T u
    }
    lpntk::vector<double> weights() const { return w.reshaped<Eigen::RowMajor>(); }  // for gradient_check
    void set_weights(lpntk::vector_view<double> flat) { w.reshaped<Eigen::RowMajor>() = flat; }
};
static_assert(lpntk::jacobian_provider<softmax_regression>);

int main() {
    const softmax_regression model;
    const lpntk::matrix<double> samples = lpntk::matrix<double>::Random(6, 4);
    const std::vector<int> labels{0, 1, 2, 0, 1, 2};

    const auto check = lpntk::gradient_check(model, samples.row(0).transpose());
    std::cout << "gradient: " << check.describe() << '\n';

    const auto phi = lpntk::tangent_features(model, samples, labels, lpntk::label_signs{});
    std::cout << "lpNTK:\n" << lpntk::gram(phi).dense() << '\n';
    return check.passed() ? 0 : 1;
}
