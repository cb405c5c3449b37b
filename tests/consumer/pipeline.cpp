// README's pipeline over a float CNN and a double MLP, in a project that takes every warning for an error.
#include <lpntk/lpntk.hpp>

#include <cstdio>
#include <vector>

namespace nn = lpntk::nn;

namespace {

template <class T>
lpntk::dataset<T> noise(lpntk::index_t samples, const lpntk::image_shape& shape) {
    lpntk::dataset<T> data{lpntk::matrix<T>(samples, shape.size()), {}, 2, shape};
    lpntk::random_stream random(1);
    for (lpntk::index_t i = 0; i < data.inputs.size(); ++i) data.inputs.data()[i] = static_cast<T>(random.normal());
    for (lpntk::index_t i = 0; i < samples; ++i) data.labels.push_back(static_cast<int>(i % 2));
    return data;
}

/// The number of samples that are kept.
template <class Network, class T>
lpntk::index_t shrink(Network net, const lpntk::dataset<T>& train) {
    nn::train(net, train, {.epochs = 1});
    const auto phi = lpntk::tangent_features(net, train, lpntk::label_signs{});
    const auto kappa = lpntk::gram(phi);
    const auto clusters = lpntk::by_class(kappa, train, lpntk::farthest_points{.heads = 5});
    const auto kept = lpntk::drop_redundant{.ratio = 0.9, .seed = 7}(clusters);
    return lpntk::subset(train, kept).size();
}

}  // namespace

int main() {
    const auto from_lenet = shrink(nn::lenet<float>(1), noise<float>(40, {28, 28, 1}));
    const auto from_mlp = shrink(nn::mlp<double>({30, 20, 2}, 1), noise<double>(40, {1, 1, 30}));
    std::printf("kept %d and %d of 40\n", static_cast<int>(from_lenet), static_cast<int>(from_mlp));
    return from_lenet == 36 && from_mlp == 36 ? 0 : 1;
}
