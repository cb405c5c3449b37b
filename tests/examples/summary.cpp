#include <support/summary.hpp>

#include <array>
#include <cmath>

#include <lpntk/core/require.hpp>
#include <support/table.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

TEST_CASE("a summary keeps the order of its keys and is written whole or not at all") {
    const test::temporary_folder folder;
    examples::write_summary(folder / "new", {{"samples", 10}, {"accuracy", 0.5}, {"nothing", std::nan("")}});
    const test::bytes written = test::read_bytes(folder / "new" / "summary.json");
    REQUIRE(std::string(written.begin(), written.end()) ==
            "{\n  \"samples\": 10,\n  \"accuracy\": 0.5,\n  \"nothing\": null\n}\n");
    REQUIRE(std::distance(std::filesystem::directory_iterator(folder / "new"), {}) == 1);
    test::write_bytes(folder / "file", {1});
    REQUIRE_THROWS_AS(examples::write_summary(folder / "file", {{"a", 1}}), lpntk::file_error);
    std::filesystem::create_directory(folder / "taken");
    REQUIRE_THROWS_AS(examples::write_text(folder / "taken", "text"), lpntk::file_error);
    REQUIRE(folder.entries() == 3);
}

TEST_CASE("tables are aligned by what is shown, and quoted in CSV where they must be") {
    const examples::table table{{"method", "auroc"}, {{"κ tail", "0.9"}, {"EL2N, \"mean\"", "-0.25"}}};
    REQUIRE(examples::text(table) == "method        auroc\nκ tail          0.9\nEL2N, \"mean\"  -0.25\n");
    REQUIRE(examples::csv(table) == "method,auroc\nκ tail,0.9\n\"EL2N, \"\"mean\"\"\",-0.25\n");
}

TEST_CASE("mean and standard deviation of a sample") {
    const auto result = examples::spread(std::array{2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0});
    REQUIRE(std::abs(result.mean - 5.0) < 1e-12);
    REQUIRE(std::abs(result.deviation - std::sqrt(32.0 / 7.0)) < 1e-12);
    REQUIRE(examples::spread(std::array{3.0}).deviation == 0.0);
    REQUIRE(std::isnan(examples::spread({}).mean));
}
