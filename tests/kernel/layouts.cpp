#include <string>
#include <utility>
#include <vector>

#include <lpntk/kernel/feature_norms.hpp>
#include <lpntk/kernel/feature_sketch.hpp>
#include <lpntk/kernel/tangent_features.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

/// A model of one part, whose layout is as told and another from the second time on that it is asked.
struct restless {
    using scalar = double;
    struct workspace {};
    lpntk::part_layout layout{.name = "only", .outputs = 4};
    mutable int asked = 0;
    bool changes = false;

    lpntk::index_t outputs() const { return 2; }
    lpntk::index_t parameters() const { return 4; }
    std::vector<lpntk::part_layout> part_layouts() const {
        if (changes && ++asked > 1) return {{.name = "a", .outputs = 1}, {.name = "b", .outputs = 3}};
        return {layout};
    }
    template <class Cotangents, class Sink>
    void parts(workspace&, lpntk::matrix_view<double> batch, Cotangents&& cotangents, Sink&& sink) const {
        const lpntk::matrix<double> z = lpntk::matrix<double>::Zero(batch.rows(), 2);
        lpntk::matrix<double> u(batch.rows(), 2);
        cotangents(lpntk::matrix_view<double>(z), lpntk::matrix_span<double>(u));
        for (lpntk::index_t p = 0; p < (changes ? 2 : 1); ++p)
            sink.dense(p, lpntk::matrix<double>::Ones(batch.rows(), changes ? 1 + 2 * p : 4));
    }
};

}  // namespace

TEST_CASE("layouts that change, or make no sense, are refused") {
    const lpntk::matrix<double> x = lpntk::matrix<double>::Ones(3, 2);
    const auto complaints = [&](const restless& model) {
        std::vector<std::string> all;
        const auto add = [&](const auto& call) { all.push_back(test::message_of<lpntk::argument_error>(call)); };
        model.asked = 0;
        add([&] { (void)lpntk::tangent_features(model, x, {}, lpntk::all_ones{}); });
        model.asked = 0;
        add([&] { (void)lpntk::feature_norms(model, x, {}, lpntk::all_ones{}); });
        model.asked = 0;
        add([&] { (void)lpntk::sketched_features(model, x, {}, lpntk::all_ones{}); });
        return all;
    };
    for (const std::string& each : complaints({.changes = true}))
        CHECK(each == "parts: part_layouts() is not what it was, must be the same at every call");
    const auto refused = [&](lpntk::part_layout layout, const std::string& what) {
        for (const std::string& each : complaints({.layout = std::move(layout)})) CHECK(test::says(each, what));
    };
    refused({.name = "only", .outputs = -4}, "outputs of part \"only\" is -4, must be >= 0");
    refused({.name = "only", .outputs = 1, .inputs = -4}, "inputs of part \"only\" is -4, must be >= 0");
    refused({.name = "only", .outputs = 1, .inputs = 4, .positions = 0},
            "positions of part \"only\" is 0, must be >= 1");
    CHECK(complaints({})[0].empty());
}
