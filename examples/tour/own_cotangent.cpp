// Another kernel is another cotangent: the vector u of K numbers that contracts the Jacobian of the logits.
#include <lpntk/lpntk.hpp>

#include <iostream>

namespace nn = lpntk::nn;

/// The gradient of the temperature-scaled cross-entropy: u = (one-hot(y) - softmax(z / T)) / T.
struct tempered_loss {
    float temperature = 2;

    void operator()(lpntk::vector_view<float> logits, int label, lpntk::vector_span<float> u) const {
        lpntk::softmax<float>(logits / temperature, u);
        u = -u / temperature;
        u[label] += 1 / temperature;
    }
};
static_assert(lpntk::cotangent_for<tempered_loss, float>);

int main() {
    const auto net = nn::mlp<float>({8, 16, 3}, 1);
    lpntk::dataset<float> data{lpntk::matrix<float>::Random(30, 8), {}, 3, {1, 1, 8}};
    for (int i = 0; i < 30; ++i) data.labels.push_back(i % 3);

    const auto tempered = lpntk::gram(lpntk::tangent_features(net, data, tempered_loss{}));
    const auto plain = lpntk::gram(lpntk::tangent_features(net, data, lpntk::loss_gradient{}));
    const auto same = lpntk::gram(lpntk::tangent_features(net, data, tempered_loss{.temperature = 1}));

    // A lambda will do; its parameters say what it needs: (u), (label, u) or (logits, label, u).
    const auto difference = [](int label, auto&& u) { u.setZero(), u[label] = 1, u[(label + 1) % 3] = -1; };
    const auto between = lpntk::gram(lpntk::tangent_features(net, data, difference));

    std::cout << "kappa(0, 1): tempered " << tempered(0, 1) << ", plain " << plain(0, 1) << ", same at T = 1 "
              << same(0, 1) << ", between neighbouring classes " << between(0, 1) << '\n';
    return std::abs(same(0, 1) - plain(0, 1)) < 1e-5f ? 0 : 1;
}
