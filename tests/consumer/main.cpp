#include <lpntk/lpntk.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <vector>

/// z = W x with two classes: the features are the inputs times the label's sign, up to 1/sqrt(K).
struct linear_model {
    using scalar = double;
    lpntk::index_t inputs;

    lpntk::index_t outputs() const { return 2; }
    lpntk::index_t parameters() const { return 2 * inputs; }
    void pullback(lpntk::vector_view<double> x, lpntk::vector_view<double> u, lpntk::vector_span<double> g) const {
        g << u[0] * x, u[1] * x;
    }
};
static_assert(lpntk::jacobian_provider<linear_model>);

/// One step of training moves a network's weights, and a .npy file brings them back.
bool trains_and_keeps_weights() {
    lpntk::dataset<float> data{lpntk::matrix<float>::Identity(4, 4), {0, 1, 0, 1}, 2, {1, 1, 4}};
    auto net = lpntk::nn::mlp<float>({4, 3, 2}, 1);
    const lpntk::matrix<float> before = net.weights().transpose();
    lpntk::nn::train(net, data, {.epochs = 1, .learning_rate = 0.5F, .batch = 4});
    const lpntk::matrix<float> after = net.weights().transpose();
    const auto file = std::filesystem::temp_directory_path() / "lpntk_consumer_weights.npy";
    lpntk::io::write_npy(file, after);
    const lpntk::matrix<float> again = lpntk::io::read_npy<float>(file);
    std::filesystem::remove(file);
    return after.allFinite() && after != before && again == after;
}

int main() {
    const lpntk::index_t size = 40;
    lpntk::random_stream random(1);
    lpntk::dataset<double> data{lpntk::matrix<double>(size, 3), {}, 2, {1, 1, 3}};
    for (lpntk::index_t i = 0; i < size; ++i) {
        data.labels.push_back(static_cast<int>(i % 2));
        for (lpntk::index_t j = 0; j < 3; ++j) data.inputs(i, j) = random.normal();
    }

    const auto phi = lpntk::tangent_features(linear_model{3}, data, lpntk::label_signs{});
    const auto kappa = lpntk::gram(phi);
    const auto clusters = lpntk::by_class(phi, data, lpntk::farthest_points{.heads = 5});
    const auto kept = lpntk::drop_redundant{.ratio = 0.8, .seed = 1}(clusters);

    const double expected = -data.inputs.row(1).dot(data.inputs.row(0));  // labels 1 and 0
    std::printf("kernel of two samples %g, expected %g; kept %d of %d\n", kappa(1, 0), expected,
                static_cast<int>(kept.size()), static_cast<int>(size));
    const bool trained = trains_and_keeps_weights();
    std::printf("a step of training and its weights in a file: %s\n", trained ? "right" : "wrong");
    return std::abs(kappa(1, 0) - expected) < 1e-12 && kept.size() == 32 && trained ? 0 : 1;
}
