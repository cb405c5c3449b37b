#include <lpntk/kernel/pass_plan.hpp>

#include <lpntk/kernel/kernel_passes.hpp>

#include <vector>

#include "support/catch.hpp"

TEST_CASE("parts in passes or samples in blocks, whichever costs less") {
    using lpntk::part_layout;
    const auto plan = [](const std::vector<part_layout>& layouts, std::size_t memory) {
        return lpntk::detail::plan_of<float>(layouts, {1600, 1600, true}, 0, {.threads = 1, .memory = memory},
                                             {.threads = 1, .tile = 16}, "gram");
    };
    const part_layout thousand{"dense", 1000};
    const std::vector<part_layout> four(4, thousand);
    REQUIRE(plan(four, 26'100'000).passes.size() == 1);  // 4 x 1600 x 1000 floats
    const auto halves = plan(four, 14'000'000);
    REQUIRE(halves.passes.size() == 2);
    REQUIRE(halves.samples() == 3200);
    for (const auto& pass : halves.passes) REQUIRE((pass.rows == 1600 && pass.columns == 0));
    const auto blocks = plan({{"dense", 4000}}, 14'000'000);  // one part cannot be halved
    REQUIRE(blocks.passes.size() == 1);
    REQUIRE(blocks.passes[0].columns > 0);
    REQUIRE(blocks.passes[0].rows + blocks.passes[0].columns <= 14'000'000 / 16'000);
    REQUIRE(blocks.samples() > 1600);
}
