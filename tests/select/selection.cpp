#include <lpntk/select/selection.hpp>

#include <lpntk/core/dataset.hpp>
#include <lpntk/select/uniform.hpp>

#include "support/catch.hpp"

using namespace lpntk;

TEST_CASE("a selection stands for the indices that it keeps") {
    const dataset<double> data{matrix<double>::Random(6, 2), {0, 0, 0, 1, 1, 1}, 2, {1, 1, 2}};
    const auto kept = uniform{.ratio = 0.5, .seed = 3}(data);
    REQUIRE(kept.size() == 4);  // of three, two each
    const auto smaller = subset(data, kept);
    for (index_t row = 0; row < 4; ++row)
        CHECK(smaller.inputs.row(row) == data.inputs.row(kept.kept[static_cast<std::size_t>(row)]));
    CHECK(smaller.labels == subset(data, kept.kept).labels);
}
