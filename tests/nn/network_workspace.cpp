#include <lpntk/nn/network_workspace.hpp>

#include <lpntk/model/flat_parts.hpp>
#include <lpntk/model/for_each_batch.hpp>
#include <lpntk/nn/resnet.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix;

TEST_CASE("layers prepare once for weights that are held, whatever the batches: the same bits as for each batch") {
    auto net = nn::resnet<float, 1, nn::normalisation::batch>({8, 8, 8}, {8, 12}, 3, 1);
    const auto x = test::random_rows<float>(40, net.inputs(), 2);
    const auto features_with = [&](auto& buffers, index_t first, index_t rows) {
        matrix<float> features(rows, net.parameters());
        lpntk::flat_parts<float> sink(net.part_layouts(), features);
        net.parts(
            buffers, x.middleRows(first, rows),
            [](const lpntk::matrix_view<float>& z, lpntk::matrix_span<float> u) { u = z; }, sink);
        return features;
    };
    typename decltype(net)::workspace held;
    for (const std::uint64_t seed : {3U, 4U}) {
        nn::initialise(net, nn::initialisation::he, seed);
        held.hold_weights();
        for (const index_t rows : {3, 17, 16, 1, 40, 5}) {
            typename decltype(net)::workspace fresh;
            CHECK(features_with(held, 40 - rows, rows) == features_with(fresh, 40 - rows, rows));
        }
    }
    typename decltype(net)::workspace followed;  // not held: prepared for every batch
    const auto before = features_with(followed, 0, 4);
    nn::initialise(net, nn::initialisation::he, 5);
    typename decltype(net)::workspace fresh;
    CHECK(features_with(followed, 0, 4) == features_with(fresh, 0, 4));
    CHECK(features_with(followed, 0, 4) != before);
}
