#include <lpntk/nn/layer.hpp>

#include <lpntk/model/jacobian_provider.hpp>
#include <lpntk/nn/chain.hpp>
#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/layers/linear.hpp>
#include <lpntk/nn/part_writer.hpp>
#include <lpntk/nn/residual.hpp>
#include <lpntk/nn/run_layer.hpp>

#include "support/catch.hpp"
#include "support/run_layer.hpp"

namespace nn = lpntk::nn;
using lpntk::image_shape, lpntk::index_t, lpntk::matrix, lpntk::part_layout, lpntk::vector;

namespace {

/// A user's layer with no more than the concept's documentation asks for: y_i = w_i x_i, a part of free numbers.
struct gain {
    static constexpr bool by_sample = true, keeps_input = true, keeps_output = false;
    template <class T>
    struct state {};
    image_shape output_shape(image_shape in) const { return in; }
    std::array<part_layout, 1> parts(image_shape in) const { return {{{.name = "gain", .outputs = in.size()}}}; }
    template <class T>
    void prepare_forward(const nn::layer_call<T>&, state<T>&) const {}
    template <class T>
    void prepare_backward(const nn::layer_call<T>&, state<T>&) const {}
    template <class T>
    void prepare_tangent(const nn::layer_call<T>&, state<T>&) const {}
    template <class T>
    void forward(const nn::layer_call<T>& call, const T* x, T* y, state<T>&) const {
        for (index_t i = 0; i < call.in.size(); ++i) y[i] = call.weights[i] * x[i];
    }
    template <class T>
    void backward(const nn::layer_call<T>& call, const T* x, const T*, const T* dy, T* dx, state<T>&,
                  nn::taker_ref<T> taker) const {
        if (T* const sum = taker.sample(call.part, call.first).formed)
            for (index_t i = 0; i < call.in.size(); ++i) sum[i] += dy[i] * x[i];
        for (index_t i = 0; dx && i < call.in.size(); ++i) dx[i] = call.weights[i] * dy[i];
    }
    template <class T>
    void tangent(const nn::layer_call<T>& call, const T* x, const T*, const T* dx, T* dy, state<T>&) const {
        for (index_t i = 0; i < call.in.size(); ++i)
            dy[i] = call.direction[i] * x[i] + (dx ? call.weights[i] * dx[i] : 0);
    }
};

// Each lacks one thing, and the sub-concept that names it is the one that fails.
struct no_flag : gain {
    void by_sample() const;
};
struct no_output_shape : gain {
    void output_shape() const;
};
struct no_parts : gain {
    void parts() const;
};
struct no_state : gain {
    template <class T>
    struct state {
        explicit state(int);
    };
};
struct no_forward : gain {
    void forward() const;
};
struct no_prepare : gain {
    void prepare_forward() const;
};
struct no_backward : gain {
    void backward() const;
};
struct no_tangent : gain {
    void tangent() const;
};
struct only_double : gain {
    void forward(const nn::layer_call<double>&, const double*, double*, state<double>&) const;
};
struct parts_of_another_type : gain {
    std::array<int, 1> parts(image_shape) const;
};

static_assert(nn::layer<gain> && !nn::layer<int>);
static_assert(!nn::has_flags<no_flag> && !nn::layer<no_flag>);
static_assert(!nn::has_output_shape<no_output_shape> && !nn::layer<no_output_shape>);
static_assert(!nn::lists_parts<no_parts> && !nn::lists_parts<parts_of_another_type> && !nn::layer<no_parts>);
static_assert(!nn::has_state<no_state, float> && !nn::layer<no_state>);
static_assert(!nn::has_forward<no_forward, double> && nn::has_backward<no_forward, double> && !nn::layer<no_forward>);
static_assert(!nn::has_forward<no_prepare, float> && !nn::layer<no_prepare>);
static_assert(!nn::has_backward<no_backward, float> && nn::has_tangent<no_backward, float> && !nn::layer<no_backward>);
static_assert(!nn::has_tangent<no_tangent, double> && !nn::layer<no_tangent>);
static_assert(nn::has_forward<only_double, double> && !nn::has_forward<only_double, float> && !nn::layer<only_double>);

static_assert(nn::layer<nn::chain<nn::conv2d, nn::relu>> && nn::layer<nn::chain<nn::linear>>);
static_assert(nn::layer<nn::residual<nn::chain<nn::conv2d, nn::relu>>> &&
              nn::layer<nn::residual<nn::relu, nn::linear>>);
static_assert(nn::part_count<nn::residual<nn::chain<nn::conv2d, nn::relu, nn::conv2d>, nn::conv2d>> == 3);
static_assert(nn::chain<nn::conv2d, nn::residual<nn::relu>>::by_sample &&
              !nn::chain<nn::conv2d, nn::linear>::by_sample);
static_assert(!nn::residual<nn::relu, nn::linear>::by_sample);

static_assert(nn::gradient_taker<nn::archetype::gradient_taker<float>, float>);
static_assert(!nn::gradient_taker<nn::archetype::gradient_taker<float>, double> && !nn::gradient_taker<int, float>);
static_assert(nn::gradient_taker<nn::taker_ref<double>, double>);
static_assert(nn::gradient_taker<nn::part_writer<lpntk::archetype::sink<float>, float>, float>);

// What class template argument deduction makes.
using body = nn::chain<nn::conv2d, nn::relu>;
static_assert(std::is_same_v<decltype(nn::chain(nn::conv2d({.outputs = 1}), nn::relu())), body>);
static_assert(std::is_same_v<decltype(nn::residual(nn::relu())), nn::residual<nn::relu, nn::identity>>);
static_assert(std::is_same_v<decltype(nn::residual(nn::residual(nn::relu()))),
                             nn::residual<nn::residual<nn::relu, nn::identity>, nn::identity>>);

}  // namespace

TEST_CASE("a user's layer, chains and blocks have right gradients and tangents, also of their inputs") {
    const image_shape in{4, 5, 3};
    const auto check = [&](const auto& l) {
        for (const std::uint64_t seed : {1U, 2U}) CHECK(test::difference_error(l, in, seed) < 1e-8);
    };
    check(gain());
    check(nn::chain(gain(), nn::tanh(), gain()));
    check(nn::chain(nn::tanh(), nn::linear(7), nn::gelu(), nn::linear({.outputs = 2, .bias = false})));
    check(nn::residual(gain()));
    check(nn::residual(nn::residual(nn::tanh())));
    check(nn::residual(nn::relu(),
                       nn::chain(nn::conv2d({.outputs = 3, .kernel = {1, 3}, .padding = {0, 1}}), nn::tanh())));
    check(nn::residual(nn::linear(4), nn::chain(gain(), nn::linear(4))));
    check(
        nn::residual(nn::chain(nn::linear(60), nn::tanh()), nn::chain(gain(), nn::tanh(), nn::chain(nn::linear(60)))));
}

TEST_CASE("a block adds what its two ways give") {
    const image_shape in{3, 3, 2};
    const matrix<double> x = test::random_rows<double>(4, 18, 1), dy = test::random_rows<double>(4, 18, 2);
    const nn::conv2d convolution({.outputs = 2, .padding = 1});
    const vector<double> w = test::random_rows<double>(1, test::parameters(convolution, in), 3).row(0).transpose();
    const auto body = test::run_layer<double>(convolution, in, w, x, dy);
    const auto block = test::run_layer<double>(nn::residual(convolution), in, w, x, dy);
    CHECK(block.y == body.y + x);
    CHECK(block.dx == body.dx + dy);
    CHECK(block.dw == body.dw);
    CHECK(block.tangent == body.tangent + x);
}
