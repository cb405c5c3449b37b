#include "support/catch.hpp"
#include "support/naive_conv2d.hpp"

namespace nn = lpntk::nn;
using lpntk::image_shape, lpntk::index_t, lpntk::matrix, lpntk::vector;

TEST_CASE("plain products of a convolution are its definition, at every edge of their blocks") {
    test::check_conv2d<double>(nn::conv2d({.outputs = 19, .stride = 2, .padding = 1}), {5, 8, 190}, 1);  // long runs
    test::check_conv2d<double>(nn::conv2d({.outputs = 100, .stride = 2, .padding = 1}), {3, 4, 9}, 1);
    test::check_conv2d<double>(nn::conv2d({.outputs = 20, .kernel = 1}), {12, 13, 9},
                               1);  // more positions than are added at once
    test::check_conv2d<double>(nn::conv2d({.outputs = 20, .kernel = 1, .stride = 2}), {5, 4, 70}, 1);
    test::check_conv2d<float>(nn::conv2d({.outputs = 20, .kernel = 5, .padding = 4}), {3, 4, 17}, 1);
}

namespace {

/// Adds up the gradients of all samples.
struct summed_gradients {
    vector<double>& to;
    nn::gradient_place<double> sample(index_t, index_t) { return {.formed = to.data()}; }
    void batch(index_t, index_t, const double*, const double*) {}
};

}  // namespace

TEST_CASE("a convolution makes the same of a sample alone and among others, and can add their gradients up") {
    for (const nn::conv2d& l : {nn::conv2d({.outputs = 17, .padding = 1}), nn::conv2d({.outputs = 17, .stride = 2}),
                                nn::conv2d({.outputs = 5, .kernel = 1})}) {
        const image_shape in{7, 6, 16};
        const index_t samples = 70;
        REQUIRE(l.samples_at_once(in) > 1);
        REQUIRE(l.samples_at_once(in) < samples);
        const vector<double> w = test::random_rows<double>(1, test::parameters(l, in), 3).row(0).transpose();
        const matrix<double> x = test::random_rows<double>(samples, in.size(), 1);
        matrix<double> dy = test::random_rows<double>(samples, l.output_shape(in).size(), 2);
        for (index_t n = 0; n < samples; n += 3) dy.row(n).tail(dy.cols() - 3).setZero();  // sparse ones among them
        const auto all = test::run_layer<double>(l, in, w, x, dy);
        for (const index_t n : {0, 1, 5, 6, 63, 64, 69}) {
            const auto alone = test::run_layer<double>(l, in, w, x.row(n), dy.row(n));
            CHECK(alone.y == all.y.row(n));
            CHECK(alone.dx == all.dx.row(n));
            CHECK(alone.dw == all.dw.row(n));
            CHECK(alone.tangent == all.tangent.row(n));
        }
        vector<double> sum = vector<double>::Zero(w.size());
        summed_gradients taker{sum};
        const nn::layer_call<double> call{.in = in, .out = l.output_shape(in), .weights = w.data(), .count = samples};
        nn::conv2d::state<double> state;
        l.prepare_backward(call, state);
        nn::run_backward<nn::conv2d, double>(l, call, x.data(), nullptr, dy.data(), nullptr, state, taker);
        CHECK(test::worst_difference(sum.transpose(), all.dw.colwise().sum()) < 2e-15);
    }
}
