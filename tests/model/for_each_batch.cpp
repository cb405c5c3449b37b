#include <lpntk/model/for_each_batch.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>

#include <lpntk/model/cotangents.hpp>
#include <lpntk/model/flat_parts.hpp>
#include <lpntk/model/logits.hpp>

#include "model/models.hpp"
#include "support/catch.hpp"

namespace {

using namespace lpntk;

const index_t parameters = 5 * 5 + 6 * 3;

/// Every sample's feature written out, by the loop.
template <class Model>
matrix<double> features_of(const Model& model, const matrix<double>& inputs, const batch_options& options = {}) {
    matrix<double> features(inputs.rows(), model.parameters());
    const auto layouts = as_parts_provider(model).part_layouts();
    for_each_batch(model, inputs, {}, all_ones{}, options, "features_of", [&](batch_range range) {
        return flat_parts<double>(layouts, features.middleRows(range.first, range.count), part_form::factors);
    });
    return features;
}

/// A parts model that makes one mistake.
struct mistaken : models::only_parts {
    enum class mistake {
        none,
        short_logits,
        narrow_logits,
        no_cotangents,
        cotangents_twice,
        small_u,
        wrong_layouts
    } what;

    explicit mistaken(mistake m) : models::only_parts(4, 5, 3, 1), what(m) {}

    index_t parameters() const { return models::only_parts::parameters() + (what == mistake::wrong_layouts ? 1 : 0); }

    template <class Cotangents, class Sink>
    void parts(workspace& w, matrix_view<double> batch, Cotangents&& cotangents, Sink&& sink) const {
        models::only_parts::parts(
            w, batch,
            [&](const matrix_view<double>& z, matrix_span<double> u) {
                if (what == mistake::no_cotangents) {
                    u.setZero();
                    return;
                }
                if (what == mistake::short_logits) return cotangents(z.topRows(1), u);
                if (what == mistake::narrow_logits) return cotangents(z.leftCols(2), u);
                if (what == mistake::small_u) return cotangents(z, u.leftCols(2));
                cotangents(z, u);
                if (what == mistake::cotangents_twice) cotangents(z, u);
            },
            sink);
    }
};

template <class Cotangent>
std::string complaint(mistaken::mistake what, const Cotangent& cotangent) {
    const mistaken model(what);
    const std::vector<int> labels(2, 1);
    try {
        for_each_batch(model, models::random_matrix(2, 4, 2), labels, cotangent, {.threads = 1}, "here",
                       [](batch_range) { return detail::no_parts<double>(); });
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

/// A model that is not to be called from two threads at once, and notices.
struct serial_model : models::only_pullback {
    static constexpr bool serial = true;
    std::atomic<int>* inside;
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const {
        if (++*inside > 1) throw std::logic_error("two threads at once");
        models::only_pullback::pullback(x, u, g);
        --*inside;
    }
};

struct with_inputs : models::only_pullback {
    using models::only_pullback::only_pullback;
    index_t inputs() const { return 4; }
};

}  // namespace

TEST_CASE("the loop meets every sample once, whatever the batches and threads", "[batches]") {
    const matrix<double> inputs = models::random_matrix(37, 4, 3);
    const models::only_parts model(4, 5, 3, 1);
    const matrix<double> all = features_of(model, inputs, {.batch = 37, .threads = 1});
    REQUIRE(all.cols() == parameters);
    for (const index_t batch : {1, 5, 16, 100})
        for (const int threads : {1, 2, 3, 8})
            CHECK((features_of(model, inputs, {.batch = batch, .threads = threads}) - all).cwiseAbs().maxCoeff() <=
                  1e-14);
    for (const int threads : {2, 3, 8})
        CHECK(features_of(model, inputs, {.threads = threads}) == features_of(model, inputs, {.threads = 1}));
    CHECK((features_of(models::only_pullback(4, 5, 3, 1), inputs) - all).cwiseAbs().maxCoeff() <= 1e-14);
    CHECK((features_of(models::only_jacobian(4, 5, 3, 1), inputs) - all).cwiseAbs().maxCoeff() <= 1e-14);
}

TEST_CASE("the loop ends every batch's taker and tells its progress", "[batches]") {
    struct ending : detail::no_parts<double> {
        std::vector<int>& ended;
        index_t first;
        void finish() { ++ended[std::size_t(first)]; }
    };
    std::vector<int> ended(10, 0);
    std::vector<index_t> told;
    for_each_batch(models::only_parts(4, 5, 3, 1), models::random_matrix(10, 4, 3), {}, all_ones{},
                   {.batch = 4, .threads = 1, .report = [&](index_t done, index_t) { told.push_back(done); }}, "here",
                   [&](batch_range range) { return ending{{}, ended, range.first}; });
    CHECK(ended == std::vector<int>{1, 0, 0, 0, 1, 0, 0, 0, 1, 0});
    CHECK((std::is_sorted(told.begin(), told.end()) && told.back() == 3));
}

TEST_CASE("a serial model is called by one thread", "[batches]") {
    std::atomic<int> inside = 0;
    const serial_model model{{4, 5, 3, 1}, &inside};
    CHECK_NOTHROW(features_of(model, models::random_matrix(64, 4, 3), {.batch = 1, .threads = 4}));
}

TEST_CASE("a user's mistake is named by the function called", "[batches]") {
    const auto with = [](const matrix<double>& inputs, const batch_options& options = {}) {
        return [&inputs, options] { (void)features_of(with_inputs(4, 5, 3, 1), inputs, options); };
    };
    const matrix<double> right = models::random_matrix(3, 4, 1), narrow = models::random_matrix(3, 5, 1), none(0, 4);
    matrix<double> bad = right;
    bad(1, 2) = std::numeric_limits<double>::infinity();
    CHECK_NOTHROW(with(right)());
    CHECK_THROWS_WITH(with(narrow)(), "features_of: numbers in a sample is 5, must be 4");
    CHECK_THROWS_WITH(with(none)(), "features_of: number of samples is 0, must be >= 1");
    CHECK_THROWS_WITH(with(right, {.batch = 0})(), "features_of: batch is 0, must be >= 1");
    CHECK_THROWS_WITH(with(bad)(), "features_of: input of sample 1: NaN or infinity");
}

TEST_CASE("a model that breaks the rules of parts() is told which", "[batches]") {
    using enum mistaken::mistake;
    CHECK(complaint(none, label_signs{}).empty());
    CHECK(complaint(short_logits, label_signs{}) == "parts: size of the logits is 1 x 3, must be 2 x 3");
    CHECK(complaint(narrow_logits, loss_gradient{}) == "parts: size of the logits is 2 x 2, must be 2 x 3");
    CHECK(complaint(small_u, label_signs{}) == "parts: size of the cotangents u is 2 x 2, must be 2 x 3");
    CHECK(complaint(no_cotangents, label_signs{}) == "parts: number of calls of cotangents(logits, u) is 0, must be 1");
    CHECK(complaint(cotangents_twice, label_signs{}) ==
          "parts: number of calls of cotangents(logits, u) is 2, must be 1");
    CHECK(complaint(wrong_layouts, label_signs{}) ==
          "here: sum of the parts' parameters is 43, must be the model's parameters, 44");
}

TEST_CASE("a cotangent that writes nothing, or not all, is found", "[batches]") {
    CHECK(complaint(mistaken::mistake::none, [](int, vector_span<double>) {}) ==
          "here: cotangent of sample 0: NaN or infinity");
    CHECK(complaint(mistaken::mistake::none, [](vector_span<double> u) { u.head(2).setZero(); }) ==
          "here: cotangent of sample 0: NaN or infinity");
}

namespace {

/// A parts model that notes how often weights were held in its workspaces, and how often a held one was used.
struct holding : models::only_parts {
    struct workspace : models::only_parts::workspace {
        bool held = false;
        void hold_weights() { held = true; }
    };
    std::atomic<int>& used_held;

    explicit holding(std::atomic<int>& count) : models::only_parts(4, 5, 3, 1), used_held(count) {}

    template <class Cotangents, class Sink>
    void parts(workspace& w, matrix_view<double> batch, Cotangents&& cotangents, Sink&& sink) const {
        used_held += w.held ? 1 : 0;
        models::only_parts::parts(w, batch, cotangents, sink);
    }
};
}  // namespace

TEST_CASE("a loop over batches holds the weights, a single batch does not") {
    std::atomic<int> used_held = 0;
    const holding model(used_held);
    const auto inputs = models::random_matrix(7, 4, 2);
    for_each_batch(
        model, inputs, {}, [](vector_span<double> u) { u.setOnes(); }, {.batch = 2, .threads = 2}, "here",
        [](batch_range) { return detail::no_parts<double>(); });
    CHECK(used_held == 4);
    auto none = detail::no_parts<double>();
    batch_pass<holding>(model, "here")(
        inputs, 0, [](index_t, const matrix_view<double>&, matrix_span<double> u) { u.setOnes(); }, none);
    CHECK(used_held == 4);
}
