#include <lpntk/kernel/contract_tiles.hpp>

#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/gram.hpp>

#include "kernel/grams.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::part_form;

namespace {

/// Two dense parts and one between them of no parameters.
lpntk::features<float> large_features(index_t samples, index_t columns, std::uint64_t seed) {
    std::vector<lpntk::feature_part<float>> parts;
    for (const index_t width : {columns, index_t{0}, columns / 3}) {
        parts.push_back(lpntk::feature_part<float>::allocate({"part", width}, part_form::dense, samples));
        if (width > 0) parts.back().left.set_rows(0, test::random_matrix<float>(samples, width, seed++));
    }
    return {samples, std::move(parts)};
}

matrix<double> rows_of(const lpntk::features<float>& phi) {
    matrix<double> rows(phi.size(), phi.parameters());
    for (index_t i = 0; i < phi.size(); ++i) rows.row(i) = phi.explicit_row(i).cast<double>();
    return rows;
}

/// Each depth block of a dense part a step of its own.
template <class T>
std::vector<lpntk::contraction_step> block_by_block(const lpntk::features<T>& phi) {
    std::vector<lpntk::contraction_step> steps;
    for (const lpntk::part_run& run : lpntk::all_parts(phi)) {
        if (phi.parts()[run.part].form != part_form::dense)
            steps.push_back({run});
        else
            for (index_t b = run.first; b < run.last; ++b) steps.push_back({{run.part, b, b + 1}});
    }
    return steps;
}

}  // namespace

TEST_CASE("steps are everything, in order, and stay in the cache", "[steps]") {
    const auto phi = large_features(5, 100'000, 1);
    for (const index_t samples : {1, 100, 100'000}) {
        const std::vector<lpntk::contraction_step> steps = lpntk::cache_steps(phi, samples);
        CHECK(steps.size() == (samples == 1 ? 1U : samples == 100 ? 7U : block_by_block(phi).size()));
        lpntk::contraction_step joined;
        for (const lpntk::contraction_step& step : steps)
            for (const lpntk::part_run& run : step) {
                if (!joined.empty() && joined.back().part == run.part) {
                    CHECK(joined.back().last == run.first);
                    joined.back().last = run.last;
                } else {
                    joined.push_back(run);
                }
            }
        const lpntk::contraction_step all = lpntk::all_parts(phi);
        REQUIRE(joined.size() == all.size());
        for (std::size_t r = 0; r < all.size(); ++r) {
            CHECK(joined[r].part == all[r].part);
            CHECK(joined[r].first == all[r].first);
            CHECK(joined[r].last == all[r].last);
        }
    }
}

TEST_CASE("features that do not fit in the cache: the same bits in steps as in one, and right", "[steps]") {
    const auto phi = large_features(150, 30'000, 2), psi = large_features(70, 30'000, 5);
    lpntk::contraction<float> worker;
    lpntk::tile_sums<float> whole;
    whole.begin({0, 150, 0, 150});
    worker(phi, phi, lpntk::all_parts(phi), whole);
    const matrix<double> exact = rows_of(phi) * rows_of(psi).transpose();
    for (const int threads : {1, 2, 5})
        for (const index_t tile : {0, 16, 64, 240}) {
            const auto kappa = lpntk::gram(phi, {.threads = threads, .tile = tile});
            bool same = true;
            for (index_t i = 0; i < 150; ++i)
                for (index_t j = 0; j <= i; ++j) same = same && kappa(i, j) == whole.row(i)[j];
            CHECK(same);
            const matrix<float> cross = lpntk::cross_gram(phi, psi, {.threads = threads, .tile = tile});
            CHECK((cross.cast<double>() - exact).cwiseAbs().maxCoeff() < 1e-5 * 40'000);
        }
}

TEST_CASE("a tile goes on from step to step whatever the forms of the parts", "[steps]") {
    const auto phi = test::features_of<float>(40);
    lpntk::contraction<float> worker;
    lpntk::tile_sums<float> whole, sums;
    whole.begin({0, 40, 0, 40});
    worker(phi, phi, lpntk::all_parts(phi), whole);
    sums.begin({0, 40, 0, 40});
    for (const lpntk::contraction_step& step : block_by_block(phi)) worker(phi, phi, step, sums);
    for (index_t i = 0; i < 40; ++i)
        for (index_t j = 0; j < 40; ++j) CHECK(sums.row(i)[j] == whole.row(i)[j]);
}

TEST_CASE("progress counts the steps of large features", "[steps]") {
    const auto phi = large_features(150, 30'000, 2);
    index_t calls = 0, last = 0, of = 0;
    (void)lpntk::gram(phi, {.threads = 1, .tile = 64, .report = [&](index_t done, index_t total) {
                                CHECK(done == ++calls);
                                last = done, of = total;
                            }});
    CHECK(last == of);
    CHECK(of > 6);
    CHECK(of % 6 == 0);  // tiles
}
