// Rows of the kernel computed when asked for: clusters of many samples without the Gram of all pairs.
#include <lpntk/lpntk.hpp>

#include <iostream>

namespace nn = lpntk::nn;

int main() {
    const lpntk::index_t samples = 3000;
    lpntk::dataset<float> data{lpntk::matrix<float>::Random(samples, 20), {}, 5, {1, 1, 20}};
    for (lpntk::index_t i = 0; i < samples; ++i) data.labels.push_back(static_cast<int>(i % 5));
    const auto net = nn::mlp<float>({20, 64, 5}, 1);

    const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{});
    const lpntk::kernel_rows<float> rows(phi, {.threads = 2});  // a similarity; holds no Gram

    lpntk::matrix<float> some(3, samples);
    const std::vector<lpntk::index_t> wanted{0, 17, 2999};
    rows.rows(wanted, some);  // several at once cost little more than one
    std::cout << "kappa(17, 0) = " << some(1, 0) << ", and again " << some(0, 17) << '\n';

    const auto clusters = lpntk::farthest_points{.share = 0.01}(rows);  // reads the rows of the heads only
    const auto by_class = lpntk::by_class(phi, data, lpntk::farthest_points{.share = 0.01});
    std::cout << clusters.size() << " clusters of all samples, " << by_class.results[3].size() << " of class 3\n";
    return some(1, 0) == some(0, 17) && clusters.size() == 30 ? 0 : 1;
}
