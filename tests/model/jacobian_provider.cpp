#include "support/catch.hpp"

#include <lpntk/model/derived_parts.hpp>
#include <lpntk/model/jacobian_provider.hpp>

#include "model/models.hpp"

namespace {

using namespace lpntk;

// The least that models each concept: declarations are all it looks at.
struct sizes_only {
    using scalar = float;
    index_t outputs() const;
    index_t parameters() const;
};
struct jacobian_archetype : sizes_only {
    void jacobian(vector_view<float> x, matrix_span<float> j) const;
};
struct pullback_archetype : sizes_only {
    void pullback(vector_view<float> x, vector_view<float> u, vector_span<float> g) const;
};
struct parts_archetype : sizes_only {
    struct workspace {};
    std::vector<part_layout> part_layouts() const;
    template <class Cotangents, class Sink>
    void parts(workspace&, matrix_view<float> batch, Cotangents&&, Sink&&) const;
};
struct logits_archetype : sizes_only {
    void logits(vector_view<float> x, vector_span<float> z) const;
};

static_assert(has_sizes<sizes_only> && !jacobian_provider<sizes_only>);
static_assert(has_jacobian<jacobian_archetype> && !has_pullback<jacobian_archetype> &&
              jacobian_provider<jacobian_archetype>);
static_assert(has_pullback<pullback_archetype> && !has_parts<pullback_archetype> &&
              jacobian_provider<pullback_archetype>);
static_assert(has_parts<parts_archetype> && !has_jacobian<parts_archetype> && jacobian_provider<parts_archetype>);
static_assert(gives_logits<parts_archetype> && !has_logits<parts_archetype> && !gives_logits<pullback_archetype>);
static_assert(has_logits<logits_archetype> && gives_logits<logits_archetype> && !jacobian_provider<logits_archetype>);

// What must not pass: another scalar, members that are not const, a workspace that cannot be made, no scalar.
struct integer_scalar {
    using scalar = int;
    index_t outputs() const;
    index_t parameters() const;
};
struct changing : sizes_only {
    void pullback(vector_view<float> x, vector_view<float> u, vector_span<float> g);
};
struct double_output : sizes_only {
    void pullback(vector_view<float> x, vector_view<float> u, vector_span<double> g) const;
};
struct no_default_workspace : sizes_only {
    struct workspace {
        explicit workspace(int);
    };
    std::vector<part_layout> part_layouts() const;
    template <class Cotangents, class Sink>
    void parts(workspace&, matrix_view<float> batch, Cotangents&&, Sink&&) const;
};
static_assert(!has_sizes<integer_scalar> && !has_sizes<int>);
static_assert(!jacobian_provider<changing> && !jacobian_provider<double_output> &&
              !jacobian_provider<no_default_workspace>);

static_assert(has_jacobian<models::only_jacobian> && has_pullback<models::only_pullback>);
static_assert(has_parts<models::only_parts> && has_parts<models::shared_over_positions>);

// An output taken by value is written to a copy.
struct pullback_by_value : sizes_only {
    void pullback(vector_view<float> x, vector_view<float> u, vector<float> g) const;
};
struct jacobian_by_value : sizes_only {
    void jacobian(vector_view<float> x, matrix<float> j) const;
};
struct logits_by_value : pullback_archetype {
    void logits(vector_view<float> x, vector<float> z) const;
};
static_assert(!jacobian_provider<pullback_by_value> && !jacobian_provider<jacobian_by_value> &&
              !has_logits<logits_by_value>);

// What a model may say beside.
struct says_inputs : pullback_archetype {
    index_t inputs() const;
};
struct one_at_a_time : pullback_archetype {
    static constexpr bool serial = true;
};
struct known_at_run_time : pullback_archetype {
    bool one_at_a_time;
    bool serial() const { return one_at_a_time; }
};
static_assert(has_inputs<says_inputs> && !has_inputs<pullback_archetype>);
static_assert(is_serial(one_at_a_time{}) && !is_serial(pullback_archetype{}));

}  // namespace

TEST_CASE("a model says that it is serial by a constant or by a function", "[model]") {
    CHECK(is_serial(known_at_run_time{{}, true}));
    CHECK_FALSE(is_serial(known_at_run_time{{}, false}));
    CHECK(threads_for(known_at_run_time{{}, true}, 4) == 1);
    CHECK(threads_for(known_at_run_time{{}, false}, 4) == 4);
    const known_at_run_time model{{}, true};
    CHECK(is_serial(derived_parts(model)));
}
