#include <lpntk/model/part_sink.hpp>

#include <limits>

#include <lpntk/model/checked_sink.hpp>
#include <lpntk/model/flat_parts.hpp>
#include <lpntk/model/outer_products.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;

// The concept, and what is missing from each of these.
struct no_wants {
    void dense(index_t, const matrix_view<float>&);
    void factors(index_t, const matrix_view<float>&, const matrix_view<float>&);
};
struct changing_wants : no_wants {
    part_form wants(index_t);
};
struct no_factors {
    part_form wants(index_t) const;
    void dense(index_t, const matrix_view<float>&);
};
static_assert(part_sink<archetype::sink<float>, float> && part_sink<archetype::sink<double>, double>);
static_assert(!part_sink<no_wants, float> && !part_sink<changing_wants, float> && !part_sink<no_factors, float>);

const std::vector<part_layout> layouts{{.name = "linear", .outputs = 3, .inputs = 4, .bias = true},
                                       {.name = "conv", .outputs = 2, .inputs = 3, .positions = 5},
                                       {.name = "scale", .outputs = 6}};

/// Says what it wants, and notes what it gets.
struct noting_sink {
    std::vector<part_form> wanted{3, part_form::factors};
    std::vector<int> dense_calls{0, 0, 0}, factor_calls{0, 0, 0};

    part_form wants(index_t part) const { return wanted[std::size_t(part)]; }
    void dense(index_t part, const matrix_view<double>&) { ++dense_calls[std::size_t(part)]; }
    void factors(index_t part, const matrix_view<double>&, const matrix_view<double>&) {
        ++factor_calls[std::size_t(part)];
    }
};

matrix<double> rows(index_t columns, std::uint64_t seed = 1) { return models::random_matrix(2, columns, seed); }

/// sum over the positions of [a_t; 1] (x) d_t by its definition.
matrix<double> by_definition(const part_layout& l, const matrix<double>& d, const matrix<double>& a) {
    matrix<double> formed = matrix<double>::Zero(d.rows(), l.parameters());
    for (index_t n = 0; n < d.rows(); ++n)
        for (index_t t = 0; t < l.positions; ++t)
            for (index_t o = 0; o < l.outputs; ++o) {
                for (index_t i = 0; i < l.inputs; ++i)
                    formed(n, i * l.outputs + o) += a(n, t * l.inputs + i) * d(n, t * l.outputs + o);
                if (l.bias) formed(n, l.inputs * l.outputs + o) += d(n, t * l.outputs + o);
            }
    return formed;
}

}  // namespace

TEST_CASE("outer products are formed as their definition says", "[parts]") {
    for (const part_layout& l :
         {layouts[0], layouts[1], part_layout{"both", 7, 5, 9, true}, part_layout{"none", 7, 5, 1, false}}) {
        const matrix<double> d = rows(l.positions * l.outputs, 2), a = rows(l.positions * l.inputs, 3);
        matrix<double> formed = matrix<double>::Constant(2, l.parameters(), 123.0);
        form_outer_products<double>(l, d, a, formed);
        CHECK((formed - by_definition(l, d, a)).cwiseAbs().maxCoeff() <= 1e-14);
    }
}

TEST_CASE("hand_out gives factors in the form that the sink wants", "[parts]") {
    matrix<double> features = matrix<double>::Zero(2, 15 + 6 + 6), scratch;
    const matrix<double> d = rows(10, 2), a = rows(15, 3);
    for (const part_form form : {part_form::dense, part_form::factors}) {
        features.setZero();
        flat_parts<double> sink(layouts, features, form);
        hand_out<double>(sink, 1, layouts[1], d, a, scratch);
        CHECK((features.middleCols(15, 6) - by_definition(layouts[1], d, a)).norm() <= 1e-14);
        CHECK(features.leftCols(15).isZero(0));
    }
    noting_sink none{.wanted = std::vector<part_form>(3, part_form::skipped)};
    hand_out<double>(none, 1, layouts[1], d, a, scratch);
    CHECK((none.dense_calls[1] == 0 && none.factor_calls[1] == 0));
}

TEST_CASE("a checked sink hands on what keeps the rules", "[parts]") {
    noting_sink taker{.wanted = {part_form::dense, part_form::factors, part_form::factors}};
    checked_sink<double, noting_sink> sink(taker, layouts, 0, 2, "here");
    CHECK(sink.wants(0) == part_form::dense);
    CHECK(sink.wants(1) == part_form::factors);
    CHECK(sink.wants(2) == part_form::dense);  // has no inputs, so no factors
    sink.dense(0, rows(15));
    sink.factors(1, rows(10), rows(15));
    sink.dense(2, rows(6));
    CHECK_NOTHROW(sink.require_complete());
    CHECK(taker.dense_calls == std::vector<int>{1, 0, 1});
    CHECK(taker.factor_calls == std::vector<int>{0, 1, 0});
}

TEST_CASE("parts that are skipped may come or stay away, and are dropped", "[parts]") {
    noting_sink taker{.wanted = std::vector<part_form>(3, part_form::skipped)};
    checked_sink<double, noting_sink> sink(taker, layouts, 0, 2, "here");
    CHECK_NOTHROW(sink.require_complete());
    sink.dense(0, rows(15));
    sink.factors(1, rows(10), rows(15));
    CHECK_NOTHROW(sink.require_complete());
    CHECK(taker.dense_calls == std::vector<int>{0, 0, 0});
}

TEST_CASE("a checked sink names the rule that is broken", "[parts]") {
    const auto with = [](auto&& call) {
        return [call] {
            noting_sink taker{.wanted = {part_form::dense, part_form::factors, part_form::dense}};
            checked_sink<double, noting_sink> sink(taker, layouts, 7, 2, "here");
            call(sink);
        };
    };
    const auto says = [](auto&& call, const std::string& message) { CHECK_THROWS_WITH(call(), message); };
    says(with([](auto& s) { s.wants(3); }), "parts: part is 3, must be in [0, 3)");
    says(with([](auto& s) { s.dense(-1, rows(15)); }), "parts: part is -1, must be in [0, 3)");
    says(with([](auto& s) { s.factors(0, rows(3), rows(4)); }),
         "parts: form of part \"linear\" is factors, must be dense");
    says(with([](auto& s) { s.dense(1, rows(6)); }), "parts: form of part \"conv\" is dense, must be factors");
    says(with([](auto& s) { s.factors(2, rows(6), rows(1)); }),
         "parts: form of part \"scale\" is factors, must be dense");
    says(with([](auto& s) { s.dense(0, rows(14)); }),
         "parts: size of values of part \"linear\" is 2 x 14, must be 2 x 15");
    says(with([](auto& s) { s.factors(1, rows(10), rows(3)); }),
         "parts: size of a of part \"conv\" is 2 x 3, must be 2 x 15");
    says(with([](auto& s) { s.factors(1, rows(2), rows(15)); }),
         "parts: size of d of part \"conv\" is 2 x 2, must be 2 x 10");
    says(with([](auto& s) { s.dense(0, rows(15).topRows(1)); }),
         "parts: size of values of part \"linear\" is 1 x 15, must be 2 x 15");
    says(with([](auto& s) { s.dense(0, rows(15)), s.dense(0, rows(15)); }),
         "parts: number of calls for part \"linear\" is 2, must be 1");
    says(with([](auto& s) { s.dense(0, rows(15)), s.require_complete(); }),
         "parts: number of calls for part \"conv\" is 0, must be 1");
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) {
        matrix<double> values = rows(15);
        values(1, 3) = bad;
        says(with([&](auto& s) { s.dense(0, values); }), "here: part \"linear\" of sample 8: NaN or infinity");
    }
}

TEST_CASE("flat parts refuse features of another length", "[parts]") {
    matrix<double> features(2, 26);
    CHECK_THROWS_WITH(flat_parts<double>(layouts, features),
                      "flat_parts: sum of the parts' parameters is 27, must be 26");
}
