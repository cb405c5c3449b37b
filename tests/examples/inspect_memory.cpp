#include <inspect/memory.hpp>

#include <algorithm>
#include <cstdint>
#include <set>

#include <lpntk/io/safetensors.hpp>
#include <support/digits.hpp>
#include <support/networks.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

TEST_CASE("memory decides how many parts there are, and too little is refused with what would do") {
    constexpr std::size_t mebi = std::size_t{1} << 20U;
    const auto net = examples::network_kind{"mlp", "MLP", {28, 28, 1}, 10, 0.02F, {}}(1);
    const auto data = examples::make_digits({.count = 5000, .seed = 1});
    const auto roomy = inspect::share_memory(net, data, 2048 * mebi, 1, 2);
    REQUIRE(roomy.whole());
    const auto tight = inspect::share_memory(net, data, 72 * mebi, 1, 2);
    REQUIRE(tight.parts.size() >= 2);
    std::set<lpntk::index_t> seen;
    for (const auto& part : tight.parts) {
        REQUIRE(std::is_sorted(part.begin(), part.end()));
        seen.insert(part.begin(), part.end());
        std::vector<int> counts(10, 0);
        for (const auto i : part) ++counts[static_cast<std::size_t>(data.labels[static_cast<std::size_t>(i)])];
        const auto [low, high] = std::minmax_element(counts.begin(), counts.end());
        REQUIRE(*high - *low <= 1);
    }
    REQUIRE(seen.size() == 5000);
    REQUIRE(
        test::says(test::message_of<lpntk::argument_error>([&] { inspect::share_memory(net, data, 6 * mebi, 1, 2); }),
                   "5000 samples, 500 of them of one class, need more --memory (6 MiB now), or fewer --samples"));
    REQUIRE(test::says(test::message_of<lpntk::memory_error>([] { inspect::require_available(SIZE_MAX / 2); }),
                       "--memory, of a machine that has "));
}

TEST_CASE("weights that were stored make the same network again, and others are refused") {
    const test::temporary_folder folder;
    for (const char* name : {"lenet", "mlp", "resnet"}) {
        const examples::network_kind kind{name, name, {12, 12, 3}, 4, 0.02F, {}};
        const examples::any_network net = kind(1);
        lpntk::io::write_safetensors(folder / "net.safetensors", net.stored());
        examples::any_network again = kind(2);
        REQUIRE(again.state() != net.state());
        again.load(lpntk::io::read_safetensors(folder / "net.safetensors"));
        REQUIRE(again.state() == net.state());
        examples::any_network other = examples::network_kind{name, name, {12, 12, 3}, 5, 0.02F, {}}(2);
        const auto before = other.state();
        REQUIRE_THROWS_AS(other.load(net.stored()), lpntk::argument_error);
        REQUIRE(other.state() == before);
    }
}
