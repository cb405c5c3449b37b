// Compiled with -ffast-math, under which a compiler may take it that no number is NaN or infinite: what the library
// refuses, it refuses all the same.
#include <lpntk/lpntk.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t, lpntk::argument_error, lpntk::numeric_error;

namespace {

#ifndef __FAST_MATH__
#error "to be compiled with -ffast-math"
#endif

// Made at run time, out of the compiler's sight.
template <class T>
T from_bits(std::uint64_t bits) {
    volatile std::uint64_t unknown = bits;
    if constexpr (sizeof(T) == 4)
        return std::bit_cast<T>(static_cast<std::uint32_t>(unknown));
    else
        return std::bit_cast<T>(static_cast<std::uint64_t>(unknown));
}
float nan_float() { return from_bits<float>(0x7fc00000U); }
double nan_double() { return from_bits<double>(0x7ff8000000000000U); }
float infinite_float() { return from_bits<float>(0x7f800000U); }

lpntk::dataset<float> samples() {
    lpntk::dataset<float> data{lpntk::matrix<float>(30, 6), {}, 3, {6, 1, 1}};
    lpntk::random_stream draw(7);
    for (index_t i = 0; i < data.size(); ++i) {
        for (index_t j = 0; j < 6; ++j) data.inputs(i, j) = static_cast<float>(draw.normal());
        data.labels.push_back(static_cast<int>(i % 3));
    }
    return data;
}

/// A kernel with one pair that is NaN.
struct broken_kernel {
    using scalar = double;

    index_t size() const { return 9; }
    lpntk::vector<double> diagonal() const { return lpntk::vector<double>::Ones(size()); }
    void row(index_t i, lpntk::vector_span<double> out) const {
        out.setZero();
        out[i] = 1;
        if (i == 2) out[5] = nan_double();
        if (i == 5) out[2] = nan_double();
    }
};

}  // namespace

TEST_CASE("fast-math: finite numbers are told from the others") {
    CHECK_FALSE(lpntk::is_finite(nan_float()));
    CHECK_FALSE(lpntk::is_finite(infinite_float()));
    CHECK(lpntk::is_nan(nan_double()));
    CHECK_FALSE(lpntk::is_nan(infinite_float()));
    CHECK(lpntk::is_finite(1.0F));
    CHECK_THROWS_AS(lpntk::require(nan_double() > 0, "f", "x", nan_double(), "> 0"), argument_error);
}

TEST_CASE("fast-math: a network trains, and its kernel is that of its gradients") {
    const auto data = samples();
    auto net = lpntk::nn::mlp<float>({6, 8, 3}, 1);
    lpntk::nn::train(net, data, {.epochs = 3, .learning_rate = 0.1F, .batch = 10});
    const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{});
    const auto kappa = lpntk::gram(phi);
    const auto norms = lpntk::feature_norms(net, data, lpntk::label_signs{});
    for (index_t i = 0; i < data.size(); ++i) CHECK(std::abs(kappa(i, i) - norms[i] * norms[i]) < 1e-4F * kappa(i, i));
    for (const index_t heads : {1, 5, 30}) CHECK(lpntk::farthest_points{.heads = heads}(kappa).size() == heads);
    CHECK(lpntk::kernel_k_means{.clusters = 4}(kappa).size() == 4);
    CHECK(lpntk::single_linkage{}(kappa).cut_to_count(3).size() == 3);
}

TEST_CASE("fast-math: inputs, weights and options that are not numbers are refused") {
    auto data = samples();
    auto net = lpntk::nn::mlp<float>({6, 8, 3}, 1);
    CHECK_THROWS_AS(lpntk::nn::train(net, data, {.learning_rate = nan_float()}), argument_error);
    CHECK_THROWS_AS(lpntk::nn::train(net, data, {.learning_rate = 1e38F}), numeric_error);
    net = lpntk::nn::mlp<float>({6, 8, 3}, 1);
    data.inputs(4, 2) = nan_float();
    CHECK(test::says(test::message_of<numeric_error>([&] { (void)lpntk::nn::train(net, data); }), "sample 4"));
    CHECK(test::says(
        test::message_of<numeric_error>([&] { (void)lpntk::tangent_features(net, data, lpntk::label_signs{}); }),
        "sample 4"));
    data.inputs(4, 2) = infinite_float();
    CHECK(test::says(
        test::message_of<numeric_error>([&] { (void)lpntk::feature_norms(net, data, lpntk::label_signs{}); }),
        "sample 4"));
    data = samples();
    net.mutable_weights().tail(1).setConstant(nan_float());
    CHECK_THROWS_AS(lpntk::tangent_features(net, data, lpntk::label_signs{}), numeric_error);
}

TEST_CASE("fast-math: a kernel that overflows names the pair") {
    auto data = samples();
    const auto net = lpntk::nn::mlp<float>({6, 8, 3}, 1);
    data.inputs.row(7) *= 1e25F;
    CHECK(test::says(test::message_of<numeric_error>(
                         [&] { (void)lpntk::gram(lpntk::tangent_features(net, data, lpntk::label_signs{})); }),
                     "samples 7 and "));
}

TEST_CASE("fast-math: a similarity that is not a number ends every clustering") {
    const broken_kernel kappa;
    CHECK_THROWS_AS(lpntk::farthest_points{.heads = 9}(kappa), numeric_error);
    CHECK_THROWS_AS(lpntk::kernel_k_means{.clusters = 9}(kappa), numeric_error);
    CHECK_THROWS_AS(lpntk::single_linkage{}(kappa), numeric_error);
    CHECK_THROWS_AS(lpntk::count_relations{}(kappa), numeric_error);
    CHECK_THROWS_AS(lpntk::facility_location{.ratio = 0.5}(kappa), numeric_error);
    CHECK_THROWS_AS(lpntk::self_maximal{}(kappa), numeric_error);
}

TEST_CASE("fast-math: scores that are not numbers are refused") {
    std::vector<double> scores{1, 2, 3, 4};
    scores[2] = nan_double();
    CHECK(
        test::says(test::message_of<argument_error>([&] { (void)lpntk::by_score{.ratio = 0.5}(scores); }), "sample 2"));
    CHECK(test::says(test::message_of<argument_error>([&] { (void)lpntk::auroc(scores, {true, false, false, false}); }),
                     "sample 2"));
    CHECK_THROWS_AS(lpntk::by_score{.ratio = nan_double()}(std::vector<double>{1, 2}), argument_error);
    CHECK_THROWS_AS(lpntk::farthest_points{.share = nan_double()}(broken_kernel{}), argument_error);
}
