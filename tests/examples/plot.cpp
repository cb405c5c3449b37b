#include <support/plot.hpp>

#include <cmath>
#include <cstdlib>

#include <lpntk/core/require.hpp>
#include <support/gnuplot.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

bool gnuplot_is_there() { return std::system("command -v gnuplot >/dev/null 2>&1") == 0; }

examples::figure one_line() {
    return {.panels = {{.title = "a title", .lines = {{.label = "it's", .x = {1, 2, 3}, .y = {1, std::nan(""), 3}}}}}};
}

}  // namespace

TEST_CASE("nothing in a text can end its quotes") {
    REQUIRE(examples::quote("a 'b' `c`\n$d") == "'a ''b'' `c`'.\"\\n\".'$d'");
}

TEST_CASE("series whose lengths differ, and legends that are none, are refused") {
    const test::temporary_folder folder;
    examples::figure picture = one_line();
    picture.panels[0].lines[0].y.pop_back();
    REQUIRE_THROWS_AS(examples::draw(picture, folder / "a.png"), lpntk::argument_error);
    picture = one_line();
    picture.panels[0].legend = "somewhere";
    REQUIRE_THROWS_AS(examples::draw(picture, folder / "a.png"), lpntk::argument_error);
    REQUIRE(folder.entries() == 0);
}

TEST_CASE("a picture is a PNG, or there is none and the program goes on") {
    const test::temporary_folder folder;
    examples::figure picture = one_line();
    picture.title = "`touch pwned` '; system 'touch pwned'";
    picture.panels.push_back(
        {.title = "heat", .heat = lpntk::matrix<float>::Random(30, 30), .boundaries = {0, 10, 20}});
    picture.panels.push_back(examples::size_distribution("sizes", {1, 1, 1, 5, 90}));
    picture.panels.push_back(
        examples::bar_chart("bars", "value", {"a", "b"}, {{"x", {1, 2}, {0.1, 0.1}}, {"y", {2, 1}, {}}}));
    const auto png = folder / "odd 'name' $x";
    const bool drawn = examples::draw(picture, png);
    REQUIRE(drawn == gnuplot_is_there());
    if (drawn) {
        const test::bytes content = test::read_bytes(png);
        REQUIRE(content.size() > 1000);
        REQUIRE(test::bytes(content.begin() + 1, content.begin() + 4) == test::bytes{'P', 'N', 'G'});
        REQUIRE(folder.entries() == 1);
    } else {
        REQUIRE(folder.entries() == 0);
    }
}

TEST_CASE("without gnuplot a picture is skipped") {
    const test::temporary_folder folder;
    const std::string path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
    setenv("PATH", folder.path().c_str(), 1);
    const bool drawn = examples::draw(one_line(), folder / "a.png");
    setenv("PATH", path.c_str(), 1);
    REQUIRE_FALSE(drawn);
    REQUIRE(folder.entries() == 0);
}

TEST_CASE("sizes fall into doubling bins") {
    const auto sizes = examples::size_distribution("", {1, 1, 2, 3, 4, 5, 8, 9});
    std::vector<double> heights;
    for (const examples::box& item : sizes.bars.at(0).items) heights.push_back(item.height);
    REQUIRE(heights == std::vector<double>{2, 1, 2, 2, 1});
}
