// README's snippet on kernels in files: it must compile as it stands.
#include <lpntk/lpntk.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

template <class Network>
auto clusters_of_file(const Network& net, const lpntk::dataset<float>& train, const std::filesystem::path& file) {
    // [disk]
    lpntk::gram_to_file(net, train, lpntk::label_signs{}, file, {.memory = std::size_t{2} << 30}, {}, {.resume = true});
    const lpntk::io::npy_similarity<float> kappa(file);  // N x N, mapped
    const auto clusters = lpntk::by_class(kappa, train, lpntk::farthest_points{.heads = 100});
    // [end]
    return clusters;
}

}  // namespace

TEST_CASE("README's kernel in a file runs") {
    const test::temporary_folder folder;
    lpntk::dataset<float> train{lpntk::matrix<float>::Random(220, 6), {}, 2, {1, 1, 6}};
    for (int i = 0; i < 220; ++i) train.labels.push_back(i % 2);
    const auto clusters = clusters_of_file(lpntk::nn::mlp<float>({6, 5, 2}, 1), train, folder / "kappa.npy");
    CHECK(clusters.results[1].size() == 100);
}
