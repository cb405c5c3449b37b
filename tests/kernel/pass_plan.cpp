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
    REQUIRE(plan(four, 30'100'000).passes.size() == 1);  // 4 x 1600 x 1000 floats, and a million of tiles
    const auto halves = plan(four, 18'000'000);
    REQUIRE(halves.passes.size() == 2);
    REQUIRE(halves.samples() == 3200);
    for (const auto& pass : halves.passes) REQUIRE((pass.rows == 1600 && pass.columns == 0));
    const auto blocks = plan({{"dense", 4000}}, 18'000'000);  // one part cannot be halved
    REQUIRE(blocks.passes.size() == 1);
    REQUIRE(blocks.passes[0].columns > 0);
    REQUIRE(blocks.passes[0].rows + blocks.passes[0].columns <= 18'000'000 / 16'000);
    REQUIRE(blocks.samples() > 1600);
}

TEST_CASE("the first block is what is left, and of a kernel that is written once blocks are whole tiles of all parts") {
    const std::vector<lpntk::part_layout> layouts(4, {"dense", 1000});
    const auto plan = [&](lpntk::index_t size, std::size_t memory) {
        return lpntk::detail::plan_of<float>(layouts, {size, size, true, true}, 0, {.threads = 1, .memory = memory},
                                             {.threads = 1, .tile = 48}, "gram_to_file");
    };
    for (const lpntk::index_t size : {1, 47, 480, 1000, 1600})
        for (const std::size_t memory : {3'000'000U, 6'000'000U, 14'000'000U, 40'000'000U}) {
            const auto found = plan(size, memory);
            REQUIRE(found.passes.size() == 1);
            const auto& pass = found.passes[0];
            REQUIRE((pass.first == 0 && pass.last == 4));
            REQUIRE((pass.first_rows >= 1 && pass.first_rows <= pass.rows));
            lpntk::index_t samples = size;
            for (lpntk::index_t begin = pass.first_rows; begin < size; begin += pass.rows) {
                REQUIRE(begin % 48 == 0);
                samples += begin;
            }
            REQUIRE(found.samples() == samples);
            if (pass.first_rows < size) REQUIRE((size - pass.first_rows + 47) / 48 * 48 % pass.rows == 0);
        }
    REQUIRE(plan(1600, 14'000'000).samples() < 2 * 1600);
}
