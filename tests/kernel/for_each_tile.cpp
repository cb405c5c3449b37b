#include <lpntk/kernel/for_each_tile.hpp>

#include <limits>
#include <mutex>

#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/feature_norms.hpp>
#include <lpntk/kernel/feature_sketch.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/model_gram.hpp>
#include <lpntk/kernel/rows.hpp>
#include <lpntk/kernel/tangent_features.hpp>

#include "kernel/grams.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::part_form;
using test::features_of;

TEST_CASE("the tiles cover what they should, once", "[tiles]") {
    for (const index_t size : {1, 15, 16, 100, 500})
        for (const index_t edge : {16, 48, 240}) {
            matrix<int> seen = matrix<int>::Zero(size, size), rectangle = matrix<int>::Zero(size, size / 2 + 1);
            for (const auto& t : lpntk::triangle_tiles(size, edge))
                for (index_t r = 0; r < t.rows; ++r)
                    for (index_t c = 0; c < t.columns; ++c)
                        if (!t.lower || t.column + c <= t.row + r) ++seen(t.row + r, t.column + c);
            for (index_t i = 0; i < size; ++i)
                for (index_t j = 0; j < size; ++j) REQUIRE(seen(i, j) == (j <= i ? 1 : 0));
            for (const auto& t : lpntk::rectangle_tiles(size, size / 2 + 1, edge))
                rectangle.block(t.row, t.column, t.rows, t.columns).array() += 1;
            REQUIRE(rectangle.isOnes(0));
        }
}

TEST_CASE("a taker of one's own sees the bits of the Gram", "[tiles]") {
    const auto phi = features_of<float>(70);
    const auto kappa = lpntk::gram(phi);
    for (const index_t edge : {16, 32, 80})
        for (const int threads : {1, 3}) {
            std::mutex guard;
            index_t entries = 0;
            bool same = true;
            lpntk::for_each_tile(phi, phi, lpntk::triangle_tiles(70, edge), {.threads = threads}, "here",
                                 [&](const lpntk::tile_range& tile, const auto& values) {
                                     const std::lock_guard lock(guard);
                                     for (index_t r = 0; r < tile.rows; ++r)
                                         for (index_t c = 0; c < (tile.lower ? r + 1 : tile.columns); ++c, ++entries)
                                             same = same && values.row(r)[c] == kappa(tile.row + r, tile.column + c);
                                 });
            CHECK(same);
            CHECK(entries == 70 * 71 / 2);
        }
}

TEST_CASE("a kernel summed up part by part is the whole kernel", "[tiles]") {
    const auto whole = lpntk::gram(features_of<float>(40)).dense();
    matrix<float> sum = matrix<float>::Zero(40, 40);
    for (std::size_t part = 0; part < 5; ++part) {
        std::vector<part_form> forms(5, part_form::skipped);
        forms[part] = part == 0 || part == 4 ? part_form::dense : part_form::factors;
        const auto phi = features_of<float>(40, 4, {.forms = forms});
        REQUIRE(phi.parts().size() == 1);
        sum += lpntk::gram(phi).dense();
    }
    CHECK((sum - whole).cwiseAbs().maxCoeff() <= 1e-6F * whole.cwiseAbs().maxCoeff());
}

TEST_CASE("errors name the function that was called", "[tiles]") {
    const auto phi = features_of<float>(20);
    const auto twice =
        lpntk::tangent_features(test::three_kinds<double>(), test::random_samples<double>(20, 4), lpntk::label_signs{});
    CHECK_THROWS_WITH(lpntk::gram(phi, {.tile = -1}), "gram: tile is -1, must be >= 0 (0: chosen by the size)");
    CHECK_THROWS_WITH(lpntk::cross_gram(phi, phi, {.tile = -1}),
                      "cross_gram: tile is -1, must be >= 0 (0: chosen by the size)");
    CHECK_THROWS_WITH(lpntk::cross_gram(twice, twice, {.factors = lpntk::factor_precision::bf16}),
                      "cross_gram: factors is bf16, must be full where features are not float");
    const std::vector<index_t> some{3};
    matrix<float> out(1, 20);
    CHECK_THROWS_WITH(lpntk::kernel_rows<float>(phi, {.tile = -1}).rows(some, out),
                      "kernel_rows::rows: tile is -1, must be >= 0 (0: chosen by the size)");
}

TEST_CASE("tiles and batches larger than the set are the set") {
    constexpr index_t most = std::numeric_limits<index_t>::max();
    const auto data = test::random_samples<float>(37, 3);
    const test::three_kinds<float> model(3);
    const auto phi = lpntk::tangent_features(model, data, lpntk::label_signs{});
    const auto kappa = lpntk::gram(phi).dense();
    for (const index_t tile : {index_t{1'000}, index_t{1} << 62, most - 1, most}) {
        CHECK(lpntk::gram(phi, {.tile = tile}).dense() == kappa);
        CHECK(lpntk::cross_gram(phi, phi, {.tile = tile}) == kappa);
        CHECK(lpntk::gram(model, data, lpntk::label_signs{}, {.memory = 1 << 22}, {.tile = tile}).dense() == kappa);
    }
    for (const index_t batch : {index_t{1'000}, index_t{1} << 62, most - 100, most}) {
        CHECK(lpntk::gram(lpntk::tangent_features(model, data, lpntk::label_signs{}, {.batch = batch})).dense() ==
              kappa);
        CHECK(lpntk::gram(model, data, lpntk::label_signs{}, {.batch = batch, .memory = 1 << 22}).dense() == kappa);
        CHECK(lpntk::feature_norms(model, data, lpntk::label_signs{}, {.batch = batch}) ==
              lpntk::feature_norms(model, data, lpntk::label_signs{}));
        CHECK_NOTHROW(lpntk::sketched_features(model, data, lpntk::label_signs{}, {.batch = batch}));
    }
}
