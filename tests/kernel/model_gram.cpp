#include <lpntk/kernel/model_gram.hpp>

#include <lpntk/kernel/gram_by_class.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "kernel/grams.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t, lpntk::label_signs;
using test::least_memory, test::same_bits, test::unformed;

namespace {

/// Heap in use, where the C library tells.
std::size_t heap_in_use() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    const auto now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
#else
    return 0;
#endif
}

/// Passes over the samples that a budget takes, by what progress was told.
template <class Compute>
double passes(index_t samples, Compute&& compute) {
    index_t last = 0, all = 0;
    compute([&](index_t done, index_t total) {
        REQUIRE(done >= last);
        last = done, all = total;
    });
    REQUIRE(last == all);
    return static_cast<double>(all) / static_cast<double>(samples);
}

}  // namespace

TEMPLATE_TEST_CASE("a Gram within any budget has the bits of the Gram of features in memory", "", float, double) {
    using T = TestType;
    const auto data = test::random_samples<T>(70, 4);
    const test::three_kinds<T> model(4);
    for (const auto& forms : {unformed, test::formed}) {
        const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, label_signs{}, {.forms = forms}));
        const auto within = [&](std::size_t memory, const lpntk::progress& report = {}) {
            return lpntk::gram(model, data, label_signs{},
                               {.threads = 2, .report = report, .forms = forms, .memory = memory}, {.threads = 2});
        };
        const std::size_t least = least_memory(within);
        double before = 1e9;
        for (const std::size_t memory : {least, least + least / 3, 2 * least, 1000 * least, std::size_t{0}})
            before =
                passes(70, [&](const lpntk::progress& report) { REQUIRE(same_bits(within(memory, report), kappa)); });
        REQUIRE(before == 1);
        REQUIRE(passes(70, [&](const lpntk::progress& report) { (void)within(least, report); }) > 2);
        REQUIRE_THROWS_AS(within(least - 1), lpntk::argument_error);
    }
}

TEST_CASE("by class and in bf16, too, the budget does not move a bit") {
    auto data = test::random_samples<float>(70, 3);
    data.classes = 4;  // nobody is in class 3
    const test::three_kinds<float> model(4);
    for (const auto factors : {lpntk::factor_precision::full, lpntk::factor_precision::bf16}) {
        const lpntk::gram_options options{.threads = 1, .factors = factors};
        const auto within = [&](std::size_t memory) {
            return lpntk::gram_by_class(model, data, label_signs{}, {.threads = 1, .memory = memory}, options);
        };
        const auto kappa = within(0);
        const std::size_t least = least_memory(within);
        for (const std::size_t memory : {least, 2 * least}) {
            const auto blocks = within(memory);
            for (std::size_t c = 0; c < 4; ++c) REQUIRE(same_bits(blocks.results[c], kappa.results[c]));
        }
        REQUIRE(kappa.results[3].size() == 0);
        REQUIRE(least_memory([&](std::size_t m) {
                    return lpntk::gram(model, data, label_signs{}, {.threads = 1, .memory = m}, options);
                }) > least);  // a larger result
    }
}

TEST_CASE("rows straight from a model are rows of the Gram, whatever the budget; none are no rows") {
    const auto data = test::random_samples<float>(90, 4);
    const test::three_kinds<float> model(4);
    const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, label_signs{}, {.forms = unformed}));
    std::vector<index_t> wanted(60);
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = static_cast<index_t>(i * 37 % 90);
    wanted[5] = wanted[4];
    const auto within = [&](std::size_t memory) {
        return lpntk::rows(model, data, label_signs{}, wanted, {.threads = 1, .forms = unformed, .memory = memory});
    };
    const std::size_t least = least_memory(within);
    for (const std::size_t memory : {std::size_t{0}, least, 2 * least}) {
        const lpntk::matrix<float> rows = within(memory);
        REQUIRE((rows.rows() == 60 && rows.cols() == 90));
        for (index_t r = 0; r < 60; ++r)
            for (index_t j = 0; j < 90; ++j) REQUIRE(rows(r, j) == kappa(wanted[static_cast<std::size_t>(r)], j));
    }
    const auto none = lpntk::rows(model, data, label_signs{}, std::vector<index_t>{}, {.memory = 1});
    REQUIRE((none.rows() == 0 && none.cols() == 90));
    REQUIRE_THROWS_AS(lpntk::rows(model, data, label_signs{}, std::vector<index_t>{90}), lpntk::argument_error);
}

TEST_CASE("the heap never holds more than the budget") {
    const auto data = test::random_samples<float>(300, 4);
    const test::three_kinds<float> model(4);
    const std::size_t before = heap_in_use();
    std::size_t most = 0;
    const auto look = [&](int, lpntk::vector_span<float> u) {  // while a batch is made, beside all features
        u.setOnes();
        most = std::max(most, heap_in_use() - before);
    };
    const auto look_again = [&](index_t, index_t) { most = std::max(most, heap_in_use() - before); };
    const auto held = [&](std::size_t memory) {
        most = 0;
        (void)lpntk::gram(model, data, look, {.threads = 1, .report = look_again, .memory = memory},
                          {.threads = 1, .report = look_again});
        return most;
    };
    const std::size_t unbounded = held(0);
    if (unbounded == 0) return;  // nobody counts
    constexpr std::size_t small_change = 64 * 1024;
    for (const std::size_t memory : {std::size_t{700'000}, std::size_t{900'000}, std::size_t{1'100'000}}) {
        REQUIRE(memory < unbounded);
        REQUIRE(held(memory) <= memory + small_change);
        REQUIRE(held(memory) >= memory / 3);
    }
}

TEST_CASE("a sample is named by its place among all, in whatever block it is") {
    auto data = test::random_samples<float>(120, 3);
    data.classes = 4;
    data.labels[101] = 3;
    const test::three_kinds<float> model(4);
    const auto says = [&](const std::string& text, auto cotangent) {
        for (const std::size_t memory : {std::size_t{0}, std::size_t{400'000}}) {
            const lpntk::feature_options making{.threads = 1, .memory = memory};
            CHECK(test::message_of<lpntk::numeric_error>([&] {
                      (void)lpntk::gram(model, data, cotangent, making, {.threads = 1});
                  }).find(text) == 0);
        }
    };
    says("gram: cotangent of sample 101: NaN",
         [](int label, lpntk::vector_span<float> u) { u.setConstant(label == 3 ? std::nanf("") : 1.0F); });
    says("gram: the kernel of samples 101 and 101 overflows",
         [](int label, lpntk::vector_span<float> u) { u.setConstant(label == 3 ? 1e25F : 1.0F); });
}

TEST_CASE("what a budget cannot hold is refused, with what would do") {
    const auto data = test::random_samples<float>(100, 4);
    const test::three_kinds<float> model(4);
    const auto message = test::message_of<lpntk::argument_error>(
        [&] { (void)lpntk::gram(model, data, label_signs{}, {.threads = 1, .memory = 30'000}, {.threads = 1}); });
    INFO(message);
    const auto before = test::message_of<lpntk::argument_error>(
        [&] { lpntk::require_memory_for_gram(model, 100, {.threads = 1, .memory = 30'000}, {.threads = 1}); });
    REQUIRE(before == message);
    REQUIRE_NOTHROW(lpntk::require_memory_for_gram(model, 100, {.threads = 1}));
    REQUIRE(message.find("gram: memory is 30000 bytes, must be >= ") == 0);
    REQUIRE(message.find("two blocks of 16 samples of part \"") != std::string::npos);
    REQUIRE(message.find("would do in one pass") != std::string::npos);
    const auto one_pass = std::stoul(message.substr(message.find("; ") + 2));
    const auto take = [&](std::size_t memory) {
        return passes(100, [&](const lpntk::progress& report) {
            (void)lpntk::gram(model, data, label_signs{}, {.threads = 1, .report = report, .memory = memory},
                              {.threads = 1});
        });
    };
    REQUIRE(take(one_pass) == 1);
    REQUIRE(take(one_pass - 1) > 1);
    const auto features = test::message_of<lpntk::argument_error>(
        [&] { (void)lpntk::tangent_features(model, data, label_signs{}, {.memory = 30'000}); });
    REQUIRE(features.find("tangent_features: memory is 30000, must be >= ") == 0);
    auto nobody = data;
    nobody.inputs.resize(0, 5), nobody.labels.clear();
    REQUIRE_THROWS_AS(lpntk::gram(model, nobody, label_signs{}), lpntk::argument_error);
}
