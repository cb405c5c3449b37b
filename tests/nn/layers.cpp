#include <cmath>
#include <string>
#include <typeinfo>

#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/average_pool.hpp>
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/layers/dropout.hpp>
#include <lpntk/nn/layers/linear.hpp>
#include <lpntk/nn/layers/max_pool.hpp>
#include <lpntk/nn/layers/reshape.hpp>

#include "support/catch.hpp"
#include "support/run_layer.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::image_shape, lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

/// A float gelu or tanh is good to some units in the last place, a sum of at most 27 products too.
template <class T, class Layer>
void check_golden(const std::string& name, const Layer& l, image_shape in) {
    const auto read = [&](const char* what) { return test::golden<T>("layers/" + name + "_" + what); };
    constexpr bool has_weights = nn::part_count<Layer> > 0;
    vector<T> w;
    if constexpr (has_weights) w = read("w").row(0).transpose();
    REQUIRE(w.size() == test::parameters(l, in));
    const auto found = test::run_layer<T>(l, in, w, read("x"), read("dy"));
    const double tolerance = sizeof(T) == sizeof(float) ? 1e-6 : 1e-14;
    INFO(name);
    CHECK(test::worst_difference(found.y, read("y")) <= tolerance);
    CHECK(test::worst_difference(found.dx, read("dx")) <= tolerance);
    CHECK(test::tangent_error(found, w, read("x"), read("dy")) <= tolerance);
    if constexpr (has_weights) CHECK(test::worst_difference(found.dw, read("dw")) <= tolerance);
}

template <class T>
void check_all_golden() {
    check_golden<T>("linear", nn::linear(3), {1, 1, 5});
    check_golden<T>("conv2d", nn::conv2d({.outputs = 3}), {5, 6, 2});
    check_golden<T>("conv2d_padded", nn::conv2d({.outputs = 4, .padding = 1}), {4, 5, 3});
    check_golden<T>("conv2d_strided", nn::conv2d({.outputs = 3, .stride = 2, .padding = 1}), {7, 6, 2});
    check_golden<T>("conv2d_1x1", nn::conv2d({.outputs = 2, .kernel = 1, .stride = 2}), {5, 4, 3});
    check_golden<T>("relu", nn::relu(), {1, 1, 22});
    check_golden<T>("tanh", nn::tanh(), {1, 1, 22});
    check_golden<T>("gelu", nn::gelu(), {1, 1, 22});
    check_golden<T>("max_pool", nn::max_pool(2), {5, 4, 3});
    check_golden<T>("average_pool", nn::average_pool(2), {5, 4, 3});
    check_golden<T>("average_pool_all", nn::average_pool(4), {4, 4, 3});
    check_golden<T>("flatten", nn::flatten(), {2, 2, 3});
    check_golden<T>("linear_no_bias", nn::linear({.outputs = 3, .bias = false}), {1, 1, 5});
    check_golden<T>("conv2d_no_bias", nn::conv2d({.outputs = 3, .bias = false}), {5, 4, 2});
    check_golden<T>("conv2d_wide", nn::conv2d({.outputs = 19, .padding = 1, .bias = false}), {5, 4, 16});
    check_golden<T>("conv2d_rectangle",
                    nn::conv2d({.outputs = 3, .kernel = {2, 3}, .stride = {1, 2}, .padding = {1, 0}}), {4, 7, 2});
    const nn::pooling::options overlapping{.window = 3, .stride = 2, .padding = 1};
    check_golden<T>("max_pool_overlapping", nn::max_pool(overlapping), {7, 6, 3});
    check_golden<T>("average_pool_overlapping", nn::average_pool(overlapping), {7, 6, 3});
    check_golden<T>("max_pool_rectangle", nn::max_pool({.window = {1, 3}, .stride = {2, 1}, .padding = {0, 1}}),
                    {5, 4, 3});
    check_golden<T>("average_pool_rectangle", nn::average_pool({.window = {2, 1}, .stride = {1, 2}}), {5, 4, 3});
    check_golden<T>("global_average_pool", nn::global_average_pool(), {5, 4, 3});
}

template <class Layer>
void check_differences(const Layer& l, image_shape in) {
    INFO(typeid(Layer).name() << ", " << in.height << " x " << in.width << " x " << in.channels);
    for (const std::uint64_t seed : {10U, 20U}) CHECK(test::difference_error(l, in, seed) < 1e-8);
}

}  // namespace

TEST_CASE("layers give PyTorch's values and gradients, in double") { check_all_golden<double>(); }

TEST_CASE("layers give PyTorch's values and gradients, in float") { check_all_golden<float>(); }

TEST_CASE("gradients of layers are central differences, at odd sizes and with a rest") {
    for (const index_t channels : {1, 3, 16, 19}) {
        for (const image_shape in : {image_shape{1, 1, channels}, {5, 4, channels}}) {
            check_differences(nn::relu(), in);
            check_differences(nn::tanh(), in);
            check_differences(nn::gelu(), in);
            check_differences(nn::scale(-0.3), in);
            check_differences(nn::flatten(), in);
            check_differences(nn::dropout(0.5), in);
            check_differences(nn::linear(channels == 3 ? 17 : 4), in);
            check_differences(nn::linear({.outputs = 6, .bias = false}), in);
            check_differences(nn::global_average_pool(), in);
        }
        for (const index_t size : {1, 2, 3}) {
            check_differences(nn::max_pool(size), {7, 5, channels});
            check_differences(nn::average_pool(size), {7, 5, channels});
        }
        // Windows that overlap, that leave pixels out, that hang over the border.
        for (const nn::pooling::options how :
             {nn::pooling::options{3, 1, 1}, {{2, 3}, {3, 2}, {1, 0}}, {{1, 4}, {2, 3}, {0, 2}}}) {
            check_differences(nn::max_pool(how), {7, 5, channels});
            check_differences(nn::average_pool(how), {7, 5, channels});
        }
    }
}

TEST_CASE("gradients of convolutions are central differences") {
    for (const index_t channels : {1, 3, 16, 19})
        for (const index_t kernel : {1, 2, 3})
            check_differences(nn::conv2d({.outputs = channels == 3 ? 19 : 5,
                                          .kernel = kernel,
                                          .stride = channels % 2 + 1,
                                          .padding = kernel / 2}),
                              {5, 6, channels});
}

TEST_CASE("of equal numbers in a window the first gets the gradient, all others none") {
    const matrix<double> x = matrix<double>::Constant(1, 16, 2.0);
    const matrix<double> dy = (matrix<double>(1, 4) << 1, 2, 3, 4).finished();
    const auto found = test::run_layer<double>(nn::max_pool(2), {4, 4, 1}, {}, x, dy);
    matrix<double> expected = matrix<double>::Zero(1, 16);
    expected(0, 0) = 1;
    expected(0, 2) = 2;
    expected(0, 8) = 3;
    expected(0, 10) = 4;
    CHECK(found.dx == expected);
}

TEST_CASE("gelu is exact in the tails and has no overflow") {
    matrix<double> x(1, 4);
    x << -6, -40, 40, 1e3;
    const auto found = test::run_layer<double>(nn::gelu(), {1, 1, 4}, {}, x, matrix<double>::Ones(1, 4));
    CHECK(std::abs(found.y(0, 0) / (-6 * 9.865876450376981e-10) - 1) < 1e-12);  // Phi(-6)
    CHECK(found.y(0, 1) <= 0);
    CHECK(found.y(0, 2) == 40);
    CHECK(found.y(0, 3) == 1000);
    CHECK(found.dx(0, 2) == 1);
    CHECK(found.dx.allFinite());
}

TEST_CASE("layers refuse what cannot be, and say what is wrong") {
    const auto says = [](const std::string& what, auto&& call) {
        CHECK(test::says(test::message_of<lpntk::argument_error>(call), what));
    };
    says("linear: outputs is 0, must be >= 1", [] { nn::linear(0); });
    says("outputs is 0", [] { nn::conv2d({.outputs = 0}); });
    says("kernel is 3 x 0", [] { nn::conv2d({.outputs = 1, .kernel = {3, 0}}); });
    says("stride is 0", [] { nn::conv2d({.outputs = 1, .stride = 0}); });
    says("padding is -1", [] { nn::conv2d({.outputs = 1, .padding = -1}); });
    says("kernel is 5 x 5, must be no larger than the padded image, 4 x 6",
         [] { nn::conv2d({.outputs = 1, .kernel = 5}).output_shape({4, 6, 1}); });
    says("window is 3 x 3, must be no larger than the padded image, 2 x 6",
         [] { nn::max_pool(3).output_shape({2, 6, 1}); });
    says("window is 0 x 0", [] { nn::average_pool(0); });
    says("window is 17 x 17, must be of at most 256 pixels", [] { nn::max_pool(17); });
    says("stride is 1 x -1", [] { nn::average_pool({.window = 2, .stride = {1, -1}}); });
    says("padding is 2 x 1, must be from 0 to half the window, 1 x 1",
         [] { nn::max_pool({.window = 3, .padding = {2, 1}}); });
    says("rate is 1", [] { nn::dropout(1.0); });
    says("rate is -0.1", [] { nn::dropout(-0.1); });
    says("rate is nan", [] { nn::dropout(std::nan("")); });
    CHECK(nn::conv2d({.outputs = 2, .kernel = 5, .padding = 1}).output_shape({4, 3, 1}) == image_shape{2, 1, 2});
}
