#include <lpntk/mpi/gram.hpp>

#include <limits>
#include <string>
#include <vector>

#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/gram_by_class.hpp>
#include <lpntk/mpi/cross_gram.hpp>

#include "kernel/grams.hpp"
#include "mpi/ranks.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::label_signs;

TEST_CASE("a Gram over ranks has the bits of one in one process, and no feature travels twice") {
    const test::three_kinds<float> model(4);
    for (const index_t size : {1, 7, 100, 333})
        for (const int threads : {1, 2}) {
            const auto data = test::random_samples<float>(size, 4);
            const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, label_signs{}));
            const auto found = lpntk::mpi::gram(test::ranks(), model, data, label_signs{}, {.threads = threads},
                                                {.threads = threads, .tile = 16});
            if (test::ranks().is_root())
                REQUIRE(test::same_bits(found.kernel, kappa));
            else
                REQUIRE(found.kernel.size() == 0);
            REQUIRE(found.exchanged.received >= found.exchanged.least);
            if (size == 333) {  // whole panels, all but the last
                CHECK(static_cast<double>(found.exchanged.received) <=
                      1.2 * static_cast<double>(found.exchanged.least));
                CHECK((found.exchanged.received > 0) == (test::ranks().size() > 1));
            }
        }
}

TEST_CASE("by class, in bf16 and in double, too") {
    auto data = test::random_samples<double>(90, 3);
    data.classes = 4;  // nobody is in class 3
    const test::three_kinds<double> model(4);
    const auto kappa = lpntk::gram_by_class(model, data, label_signs{});
    const auto found = lpntk::mpi::gram_by_class(test::ranks(), model, data, label_signs{}, {}, {.tile = 16});
    REQUIRE(found.kernel.indices == kappa.indices);
    for (std::size_t c = 0; c < 4 && test::ranks().is_root(); ++c)
        REQUIRE(test::same_bits(found.kernel.results[c], kappa.results[c]));

    const auto floats = test::random_samples<float>(90, 4);
    const test::three_kinds<float> of_floats(4);
    const lpntk::gram_options rounded{.factors = lpntk::factor_precision::bf16};
    const auto in_bf16 = lpntk::mpi::gram(test::ranks(), of_floats, floats, label_signs{}, {}, rounded);
    if (test::ranks().is_root())
        REQUIRE(test::same_bits(in_bf16.kernel,
                                lpntk::gram(lpntk::tangent_features(of_floats, floats, label_signs{}), rounded)));
}

TEST_CASE("a cross Gram over ranks has the bits of one in one process") {
    const test::three_kinds<float> model(4);
    for (const auto& [rows, columns] : {std::pair<index_t, index_t>{130, 50}, {5, 200}}) {
        const auto left = test::random_samples<float>(rows, 4, 1), right = test::random_samples<float>(columns, 4, 2);
        const lpntk::feature_options making{.forms = test::unformed};
        const auto kappa = lpntk::cross_gram(lpntk::tangent_features(model, left, label_signs{}, making),
                                             lpntk::tangent_features(model, right, label_signs{}, making));
        const auto found =
            lpntk::mpi::cross_gram(test::ranks(), model, left, right, label_signs{}, making, {.tile = 16});
        if (test::ranks().is_root()) REQUIRE(found.kernel == kappa);
    }
}

TEST_CASE("what one rank throws, all throw") {
    const int last = test::ranks().size() - 1;
    const bool mine = test::ranks().rank() == last;
    const test::three_kinds<float> model(4);
    const auto data = test::random_samples<float>(200, 4);
    const auto of_last = [&](index_t, index_t) {
        if (mine) throw std::runtime_error("no more");
    };
    const auto run = [&](lpntk::feature_options making, lpntk::gram_options options) {
        options.tile = 16;
        (void)lpntk::mpi::gram(test::ranks(), model, data, label_signs{}, making, options);
    };
    for (const bool while_contracting : {false, true}) {
        const lpntk::progress fails = of_last;
        const auto failing = [&] {
            run({.report = while_contracting ? lpntk::progress{} : fails},
                {.report = while_contracting ? fails : lpntk::progress{}});
        };
        if (mine)
            REQUIRE_THROWS_WITH(failing(), "no more");
        else
            REQUIRE(test::message_of<lpntk::mpi::rank_error>(failing) == "rank " + std::to_string(last) + ": no more");
    }
    REQUIRE_THROWS_AS(run({.memory = 1000}, {}), lpntk::argument_error);
}

TEST_CASE("ranks that have not the same are refused") {
    if (test::ranks().size() == 1) return;
    const test::three_kinds<float> model(4);
    auto data = test::random_samples<float>(50, 4);
    const auto message = [&](const auto& cotangent) {
        return test::message_of<lpntk::error>(
            [&] { (void)lpntk::mpi::gram(test::ranks(), model, data, cotangent, {}, {}); });
    };
    if (test::ranks().rank() == 1) data.inputs(3, 1) += 1;
    CHECK(test::says(message(label_signs{}), "mpi::gram: rank 1's data is "));
    const auto other = [&](int, lpntk::vector_span<float> u) {
        u.setConstant(test::ranks().rank() == 1 ? 2.0F : 1.0F);
    };
    if (test::ranks().rank() == 1) data.inputs(3, 1) -= 1;
    CHECK(!message(other).empty());
}
