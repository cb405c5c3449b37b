// README's first snippet: it must compile as it stands, and do what it says.

#include "readme/snippets.hpp"
#include "support/catch.hpp"

// [pipeline]
#include <lpntk/lpntk.hpp>
namespace nn = lpntk::nn;
// [end]

namespace {

lpntk::selection pipeline(const std::string& folder, std::uint64_t seed) {
    // [pipeline]
    const auto train = lpntk::io::read_mnist(folder, lpntk::io::split::train);
    auto net = nn::lenet<float>(seed);
    nn::train(net, train, {.epochs = 5, .learning_rate = 0.02f});

    const auto phi      = lpntk::tangent_features(net, train, lpntk::label_signs{});   // one backward pass a sample
    const auto kappa    = lpntk::gram(phi);                                            // N x N: kappa(i, j)
    const auto clusters = lpntk::by_class(phi, train, lpntk::farthest_points{.heads = 100});
    const auto kept     = lpntk::drop_redundant{.ratio = 0.9, .seed = 7}(clusters);    // kept.kept: sorted indices
    const auto smaller  = lpntk::subset(train, kept);                                  // train on this
    // [end]
    CHECK(kappa.size() == train.size());
    CHECK(smaller.size() == kept.size());
    return kept;
}

}  // namespace

TEST_CASE("README's pipeline keeps nine tenths of each class of MNIST", "[.data]") {
    const char* folder = std::getenv("LPNTK_DATA");
    REQUIRE(folder != nullptr);
    CHECK(std::abs(pipeline(folder, 1).ratio() - 0.9) < 1e-3);
}

TEST_CASE("README's pipeline names the folder that is not there") {
    CHECK_THROWS_WITH(pipeline("no/such/folder", 1), "no/such/folder: no such directory");
}
