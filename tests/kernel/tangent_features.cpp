#include <lpntk/kernel/tangent_features.hpp>

#include <limits>

#include "kernel/grams.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t;
using lpntk::label_signs;
using lpntk::part_form;
using lpntk::tangent_features;
using test::message_of, test::unformed;

namespace {

bool contains(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

/// three_kinds with one thing wrong.
struct faulty : test::three_kinds<float> {
    enum class fault { none, skips_a_part, wrong_size, ignores_forms, not_finite, bad_layouts } what = fault::none;

    template <class Sink>
    struct wrapped {
        const faulty& model;
        Sink& sink;

        part_form wants(index_t part) const {
            return model.what == fault::ignores_forms ? part_form::factors : sink.wants(part);
        }
        void dense(index_t part, lpntk::matrix_view<float> values) {
            if (model.what == fault::skips_a_part && part == 4) return;
            if (model.what == fault::wrong_size && part == 4) return sink.dense(part, values.leftCols(5));
            sink.dense(part, values);
        }
        void factors(index_t part, lpntk::matrix_view<float> d, lpntk::matrix_view<float> a) {
            lpntk::matrix<float> changed = a;
            if (model.what == fault::not_finite && part == 3)
                changed(changed.rows() - 1, 7) = std::numeric_limits<float>::infinity();
            sink.factors(part, d, changed);
        }
    };

    std::vector<lpntk::part_layout> part_layouts() const {
        auto all = layouts;
        if (what == fault::bad_layouts) all.pop_back();
        return all;
    }

    template <class Cotangents, class Sink>
    void parts(workspace& scratch, lpntk::matrix_view<float> batch, Cotangents&& cotangents, Sink&& sink) const {
        test::three_kinds<float>::parts(scratch, batch, cotangents,
                                        wrapped<std::remove_reference_t<Sink>>{*this, sink});
    }
};

std::string message_for(faulty::fault what, const std::vector<part_form>& forms = {}) {
    faulty model;
    model.what = what;
    return message_of<std::runtime_error>([&] {
        try {
            (void)tangent_features(model, test::random_samples<float>(40, 4), label_signs{},
                                   {.threads = 2, .forms = forms});
        } catch (const lpntk::argument_error& error) {
            throw std::runtime_error(error.what());
        }
    });
}

}  // namespace

TEST_CASE("features written out are J^T u in the model's order of its parameters") {
    const auto data = test::random_samples<double>(37, 4);
    const test::three_kinds<double> model;
    const auto exact = test::explicit_features(model, data.inputs, test::label_sign_rows(data.labels, 4));
    for (const auto& forms : {unformed, std::vector<part_form>(5, part_form::dense), std::vector<part_form>{}}) {
        const auto phi = tangent_features(model, data, label_signs{}, {.forms = forms});
        REQUIRE(phi.size() == 37);
        REQUIRE(phi.parameters() == model.parameters());
        for (index_t i = 0; i < 37; ++i)
            REQUIRE((phi.explicit_row(i).transpose() - exact.row(i)).cwiseAbs().maxCoeff() < 1e-13);
        REQUIRE_THROWS_AS(phi.explicit_row(37), lpntk::argument_error);
        REQUIRE_THROWS_AS(phi.explicit_row(-1), lpntk::argument_error);
    }
}

TEST_CASE("unformed parts keep the factors only, and cost what they should") {
    const auto phi = tangent_features(test::three_kinds<float>(), test::random_samples<float>(20, 4), label_signs{},
                                      {.forms = unformed});
    REQUIRE(phi.multiply_adds() == 7 + (4 + 6) + 9 * (4 + 5) + (3 + 300) + 520);
    const auto kept = static_cast<std::size_t>(7 + (4 + 6) + 3 * (4 + 5) + (3 + 300) + 520);
    REQUIRE(phi.bytes() == kept * static_cast<std::size_t>(lpntk::micro::padded<float>(20)) * sizeof(float));
}

TEST_CASE("cotangents that need no label work without labels, all others ask for them") {
    const auto data = test::random_samples<float>(20, 4);
    const test::three_kinds<float> model;
    const std::span<const int> none;
    const auto labelled = tangent_features(model, data, lpntk::all_ones{});
    const auto unlabelled = tangent_features(model, data.inputs, none, lpntk::all_ones{});
    for (index_t i = 0; i < 20; ++i) REQUIRE(labelled.explicit_row(i) == unlabelled.explicit_row(i));
    REQUIRE_THROWS_AS(tangent_features(model, data.inputs, none, label_signs{}), lpntk::argument_error);
}

TEST_CASE("cotangents see the logits of their own sample") {
    const auto data = test::random_samples<double>(20, 4);
    const test::three_kinds<double> model;
    const auto phi = tangent_features(model, data, lpntk::loss_gradient{}, {.threads = 3});
    lpntk::matrix<double> u(20, 4);
    for (index_t i = 0; i < 20; ++i) {
        lpntk::vector<double> z(4);
        model.logits(lpntk::vector<double>(data.inputs.row(i)), z);
        u.row(i) = -(z.array().exp() / z.array().exp().sum()).matrix().transpose();
        u(i, data.labels[static_cast<std::size_t>(i)]) += 1;
    }
    const auto exact = test::explicit_features(model, data.inputs, u);
    for (index_t i = 0; i < 20; ++i)
        REQUIRE((phi.explicit_row(i).transpose() - exact.row(i)).cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("bad samples are refused with the argument or the sample named") {
    const test::three_kinds<float> model;
    const auto with = [&](auto change) {
        auto data = test::random_samples<float>(40, 4);
        change(data);
        return message_of<std::exception>([&] { (void)tangent_features(model, data, label_signs{}); });
    };
    REQUIRE(contains(with([](auto& d) { d.labels[7] = 4; }), "labels[7] is 4, must be in [0, 4)"));
    REQUIRE(contains(with([](auto& d) { d.labels[7] = -1; }), "labels[7] is -1"));
    REQUIRE(contains(with([](auto& d) { d.labels.pop_back(); }), "number of labels is 39"));
    REQUIRE(contains(with([](auto& d) { d.inputs(9, 2) = std::nanf(""); }), "input of sample 9: NaN"));
    REQUIRE(contains(with([](auto& d) { d.inputs.resize(0, 5), d.labels.clear(); }), "number of samples is 0"));
    REQUIRE(contains(with([](auto& d) { d.shape.height = 2; }), "numbers in a sample is 5"));
    REQUIRE(with([](auto&) {}).empty());
}

TEST_CASE("bad options are refused") {
    const auto data = test::random_samples<float>(20, 4);
    const test::three_kinds<float> model;
    const auto with = [&](const lpntk::feature_options& options) {
        return message_of<lpntk::argument_error>([&] { (void)tangent_features(model, data, label_signs{}, options); });
    };
    REQUIRE(contains(with({.batch = 0}), "batch is 0"));
    REQUIRE(contains(with({.threads = -1}), "threads is -1"));
    REQUIRE(contains(with({.forms = {part_form::dense}}), "number of forms is 1"));
    REQUIRE(contains(with({.forms = std::vector<part_form>(5, part_form::factors)}),
                     "form of part \"norm\" is factors, must be dense or skipped"));
}

TEST_CASE("numbers that are not finite name the sample and the part") {
    REQUIRE(contains(message_for(faulty::fault::not_finite, unformed), "part \"wide\" of sample 15: NaN or infinity"));
    const auto data = test::random_samples<float>(40, 4);
    const auto nan = [](int label, lpntk::vector_span<float> u) { u.setConstant(label == 3 ? std::nanf("") : 1.0F); };
    const auto message = message_of<lpntk::numeric_error>(
        [&] { (void)tangent_features(test::three_kinds<float>(), data, nan, {.threads = 1}); });
    REQUIRE(contains(message, "cotangent of sample 3"));
}

TEST_CASE("a model that breaks the rules of parts() is told which") {
    REQUIRE(message_for(faulty::fault::none).empty());
    REQUIRE(contains(message_for(faulty::fault::skips_a_part), "number of calls for part \"long\" is 0, must be 1"));
    REQUIRE(contains(message_for(faulty::fault::wrong_size), "part \"long\" is 16 x 5, must be 16 x 520"));
    REQUIRE(contains(message_for(faulty::fault::bad_layouts), "sum of the parts' parameters"));
    REQUIRE(contains(message_for(faulty::fault::ignores_forms, std::vector<part_form>(5, part_form::dense)),
                     "form of part \"linear\" is factors, must be dense"));
}

TEST_CASE("progress of the features reaches its end, from the calling thread") {
    std::vector<index_t> told;
    const lpntk::feature_options options{.threads = 2, .report = [&](index_t done, index_t total) {
                                             told.push_back(done);
                                             REQUIRE(total == 5);
                                         }};
    (void)tangent_features(test::three_kinds<float>(), test::random_samples<float>(70, 4), label_signs{}, options);
    REQUIRE(std::is_sorted(told.begin(), told.end()));
    REQUIRE(told.back() == 5);
}
