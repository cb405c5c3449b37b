#include <lpntk/kernel/feature_sketch.hpp>

#include <cmath>
#include <type_traits>

#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/gram_by_class.hpp>
#include <lpntk/model/outer_products.hpp>

#include "kernel/grams.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::vector, lpntk::sketch_options;

static_assert(lpntk::similarity<std::decay_t<decltype(similarity_of(std::declval<lpntk::feature_sketch<float>&>()))>>);

namespace {

constexpr index_t samples = 23;

template <class T>
lpntk::feature_sketch<T> sketch_of(const sketch_options& options, index_t n = samples) {
    return lpntk::sketched_features(test::three_kinds<T>(4), test::random_samples<T>(n, 4), lpntk::label_signs{},
                                    options);
}

std::vector<index_t> all_of(index_t n) {
    std::vector<index_t> indices;
    for (index_t i = 0; i < n; ++i) indices.push_back(i);
    return indices;
}

/// Standard error of each entry that is as good as exact kernels get: sqrt(kappa_ii kappa_jj).
matrix<double> scale_of(const matrix<double>& kappa) {
    const vector<double> root = kappa.diagonal().cwiseSqrt();
    return root * root.transpose();
}

}  // namespace

TEST_CASE("an outer product's sketch is the same formed or not, and that of its definition", "[sketch]") {
    for (const lpntk::part_layout& layout :
         {lpntk::part_layout{"linear", 5, 7, 1, true}, lpntk::part_layout{"convolution", 3, 4, 6, false},
          lpntk::part_layout{"one output", 1, 9, 2, true}}) {
        constexpr index_t numbers = 8;
        lpntk::random_stream random(3), again(3);
        const lpntk::detail::part_sketch<double> sketch(layout, numbers, random);
        const lpntk::detail::hashed_axis<double> inputs(layout.rows(), numbers, again);
        const lpntk::detail::hashed_axis<double> outputs(layout.outputs, numbers, again);
        constexpr index_t lanes = lpntk::micro::lanes_of<double>;
        const auto d = test::random_matrix<double>(lanes, layout.positions * layout.outputs, 4);
        const auto a = test::random_matrix<double>(lanes, layout.positions * layout.inputs, 5);
        matrix<double> whole(lanes, layout.parameters()), expected = matrix<double>::Zero(numbers, lanes);
        lpntk::form_outer_products<double>(layout, d, a, whole);
        for (index_t i = 0; i < layout.rows(); ++i)
            for (index_t o = 0; o < layout.outputs; ++o) {
                const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(o);
                expected.row((inputs.places[row] + outputs.places[column]) % numbers) +=
                    inputs.signs[row] * outputs.signs[column] * whole.col(i * layout.outputs + o).transpose();
            }
        matrix<double> from_formed = matrix<double>::Zero(numbers, lanes), from_factors = from_formed;
        std::vector<double> scratch;
        const matrix<double> values = whole.transpose(), left = d.transpose(), right = a.transpose();
        sketch.add_formed(values.data(), from_formed.data());
        sketch.add_factors(left.data(), right.data(), from_factors.data(), scratch);
        CHECK((from_formed - expected).norm() <= 1e-13 * expected.norm());
        CHECK((from_factors - expected).norm() <= 1e-13 * expected.norm());
    }
}

TEST_CASE("over seeds a sketched kernel is the exact one, and its errors are those that are seen", "[sketch]") {
    const matrix<double> exact = test::exact_gram(samples), scale = scale_of(exact);
    const auto indices = all_of(samples);
    constexpr int seeds = 100;
    constexpr double t_95 = 2.365;  // of 7 degrees of freedom
    matrix<double> mean = matrix<double>::Zero(samples, samples), spread = mean;
    double inside = 0, estimated = 0, seen = 0;
    for (int seed = 0; seed < seeds; ++seed) {
        const auto [values, errors] =
            sketch_of<double>({.numbers = 512, .seed = static_cast<std::uint64_t>(seed)}).estimates(indices);
        const matrix<double> off = values - exact;
        mean += off / seeds;
        spread.array() += off.array().square() / seeds;
        inside += static_cast<double>((off.array().abs() <= t_95 * errors.array()).count());
        estimated += errors.squaredNorm();
        seen += off.squaredNorm();
    }
    const matrix<double> standard = (spread / seeds).cwiseSqrt();
    CHECK((mean.array().abs() <= 4.5 * standard.array()).all());
    CHECK(std::abs(inside / (seeds * samples * samples) - 0.95) < 0.03);
    CHECK(std::abs(std::sqrt(estimated / seen) - 1) < 0.1);
    CHECK((spread.cwiseSqrt().array() / scale.array()).mean() < 1.5 * std::sqrt(2.0 / 512));
}

TEST_CASE("more numbers, smaller errors: as many as were asked for", "[sketch]") {
    CHECK(lpntk::sketch_numbers(0.0221) == 4096);
    CHECK(lpntk::sketch_numbers(0.03, 4) == 4096);
    const matrix<double> exact = test::exact_gram(samples), scale = scale_of(exact);
    const auto indices = all_of(samples);
    for (const double error : {0.2, 0.05, 0.0125}) {
        const auto phi = sketch_of<double>({.numbers = lpntk::sketch_numbers(error), .seed = 5});
        const auto found = phi.estimates(indices);
        const matrix<double> off = found.values - exact;
        CHECK(std::sqrt((off.array() / scale.array()).square().mean()) < 1.5 * error);
        const double relative = off.norm() / exact.norm();
        CHECK(found.relative_error() < 2 * relative);
        CHECK(found.relative_error() > relative / 2);
        CHECK((lpntk::gram(phi).dense() - found.values).norm() <= 1e-12 * exact.norm());
    }
}

TEST_CASE("sketches are features: the same bits for any threads, in every taker of features", "[sketch]") {
    const auto phi = sketch_of<float>({.numbers = 64, .seed = 2, .threads = 1}, 67);
    for (const int threads : {2, 3, 8}) {
        const auto other = sketch_of<float>({.numbers = 64, .seed = 2, .threads = threads}, 67);
        CHECK(test::same_bits(lpntk::gram(phi), lpntk::gram(other)));
    }
    CHECK(phi.parts().size() == 8);
    CHECK(phi.parameters() == 64);
    CHECK(lpntk::cross_gram(phi, phi) == lpntk::gram(phi).dense());
    const auto heads = lpntk::farthest_points{.heads = 5}(phi).heads;
    CHECK(heads == lpntk::farthest_points{.heads = 5}(lpntk::gram(phi)).heads);
    const auto data = test::random_samples<float>(67, 4);
    CHECK(lpntk::gram_by_class(phi, lpntk::class_labels(data)).results.size() == 4);
}

TEST_CASE("sketches that cannot be compared are not, and impossible sizes are refused", "[sketch]") {
    const auto message = [](auto&& call) { return test::message_of<lpntk::argument_error>(call); };
    const auto phi = sketch_of<double>({.numbers = 64});
    CHECK(
        test::says(message([&] { lpntk::cross_gram(phi, sketch_of<double>({.numbers = 64, .seed = 1})); }), "seed 1"));
    CHECK(test::says(message([] { sketch_of<double>({.numbers = 96}); }), "numbers is 96, must be 8 groups times"));
    CHECK(test::says(message([] { sketch_of<double>({.numbers = 4}); }), "numbers is 4"));
    CHECK(test::says(message([] { sketch_of<double>({.groups = 1}); }), "groups is 1, must be >= 2"));
    CHECK(test::says(message([] { sketch_of<double>({.batch = 0}); }), "batch is 0, must be >= 1"));
    CHECK(test::says(message([] { sketch_of<double>({.numbers = 64}, 0); }), "number of samples is 0"));
    CHECK(test::says(message([] { lpntk::sketch_numbers(0); }), "error is 0"));
    CHECK(test::says(message([] { lpntk::sketch_numbers(1e-4); }), "error is"));
    const std::vector<index_t> outside{0, samples};
    CHECK(test::says(message([&] { phi.estimates(outside); }), "index is 23"));
    auto broken = test::random_samples<double>(samples, 4);
    broken.inputs(3, 0) = std::nan("");
    CHECK(test::says(test::message_of<lpntk::numeric_error>(
                         [&] { lpntk::sketched_features(test::three_kinds<double>(4), broken, lpntk::label_signs{}); }),
                     "sample 3"));
}
