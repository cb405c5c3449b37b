// The kernel between training and test samples: who teaches whom.
#include <lpntk/lpntk.hpp>

#include <iostream>

namespace nn = lpntk::nn;

/// Two classes of points, left and right of zero.
lpntk::dataset<float> points(lpntk::index_t count, std::uint64_t seed) {
    lpntk::random_stream random(seed);
    lpntk::dataset<float> data{lpntk::matrix<float>(count, 4), {}, 2, {1, 1, 4}};
    for (lpntk::index_t i = 0; i < count; ++i) {
        data.labels.push_back(static_cast<int>(i % 2));
        for (lpntk::index_t k = 0; k < 4; ++k)
            data.inputs(i, k) = static_cast<float>(random.normal() + (i % 2 == 0 ? -1.0 : 1.0));
    }
    return data;
}

int main() {
    const auto train = points(200, 1), test = points(10, 2);
    auto net = nn::mlp<float>({4, 32, 2}, 3);
    nn::train(net, train, {.epochs = 10, .learning_rate = 0.05f});
    std::cout << "test accuracy " << nn::accuracy(net, test) << '\n';

    const auto phi = lpntk::tangent_features(net, test, lpntk::label_signs{});
    const auto psi = lpntk::tangent_features(net, train, lpntk::label_signs{});
    const lpntk::matrix<float> kappa = lpntk::cross_gram(phi, psi);  // test x train
    int right = 0;
    for (lpntk::index_t i = 0; i < kappa.rows(); ++i) {
        lpntk::index_t teacher = 0;
        kappa.row(i).maxCoeff(&teacher);  // learning it helps test sample i most
        right += train.labels[static_cast<std::size_t>(teacher)] == test.labels[static_cast<std::size_t>(i)];
    }
    std::cout << right << " of " << kappa.rows() << " best teachers have the sample's own label\n";
}
