#include <lpntk/nn/layers/conv2d.hpp>

#include <lpntk/model/outer_products.hpp>

#include "support/catch.hpp"
#include "support/naive_conv2d.hpp"

namespace nn = lpntk::nn;
using lpntk::image_shape, lpntk::index_t, lpntk::matrix, lpntk::vector;

namespace {

template <class T>
void check_shapes(double share) {
    for (const index_t channels : {1, 3, 16, 19})
        for (const index_t outputs : {1, 8, 19})
            for (const index_t kernel : {1, 2, 3})
                for (const index_t stride : {1, 2})
                    for (const index_t padding : {0, 1})
                        test::check_conv2d<T>(nn::conv2d({outputs, kernel, stride, padding}), {5, 7, channels}, share);
    test::check_conv2d<T>(nn::conv2d({.outputs = 5, .kernel = {1, 4}, .stride = {2, 1}, .padding = {0, 2}}), {5, 7, 3},
                          share);
    test::check_conv2d<T>(
        nn::conv2d({.outputs = 17, .kernel = {3, 1}, .stride = {1, 3}, .padding = {2, 0}, .bias = false}), {5, 7, 16},
        share);
    test::check_conv2d<T>(nn::conv2d({.outputs = 33}), {3, 3, 5}, share);  // one position
    test::check_conv2d<T>(nn::conv2d({.outputs = 40, .kernel = 2, .stride = 3}), {11, 4, 2},
                          share);  // pixels that none reads
    test::check_conv2d<T>(nn::conv2d({.outputs = 2, .kernel = 2, .padding = 2}), {1, 1, 1}, share);  // mostly padding
    test::check_conv2d<T>(nn::conv2d({.outputs = 3, .kernel = 3}), {3, 9, 200}, share);              // long runs
    test::check_conv2d<T>(nn::conv2d({.outputs = 4, .kernel = 2}), {40, 90, 9}, share);  // several bands of rows
}

}  // namespace

TEST_CASE("a convolution is its definition, for dense gradients") {
    check_shapes<double>(1);
    check_shapes<float>(1);
}

TEST_CASE("a convolution is its definition, for gradients that are mostly zero") {
    for (const double share : {0.4, 0.1, 0.0}) {
        check_shapes<double>(share);
        check_shapes<float>(share);
    }
}

TEST_CASE("a convolution in Winograd's form is its definition, at every edge of its tiles, groups and vectors") {
    const auto check_image = [](index_t height, index_t width, index_t channels, index_t outputs, index_t padding) {
        const image_shape in{height, width, channels}, out{height + 2 * padding - 2, width + 2 * padding - 2, outputs};
        CHECK(nn::detail::winograd<double>::fits({in, out, 3, 1, padding}));
        for (const double share : {1.0, 0.1}) {
            test::check_conv2d<double>(nn::conv2d({.outputs = outputs, .padding = padding}), in, share);
            test::check_conv2d<float>(nn::conv2d({.outputs = outputs, .padding = padding}), in, share);
        }
        test::check_conv2d<float>(nn::conv2d({.outputs = outputs, .padding = padding, .bias = false}), in, 1);
    };
    for (index_t size = 4; size <= 9; ++size) check_image(size, 15 - size, 16, 16, size % 3);
    for (const index_t channels : {16, 17, 31, 32, 33}) check_image(7, 9, channels, 49 - channels, 1);
    check_image(26, 26, 16, 16, 0);
    check_image(2, 3, 300, 20, 1);  // more channels than are multiplied at once
    check_image(3, 2, 20, 300, 1);
    const auto fits = [](const nn::detail::conv2d_geometry& shape) {
        return nn::detail::winograd<double>::fits(shape);
    };
    CHECK_FALSE(fits({{6, 6, 16}, {2, 2, 16}, 5, 1}));
    CHECK_FALSE(fits({{9, 9, 16}, {4, 4, 16}, 3, 2}));
    CHECK_FALSE(fits({{3, 6, 16}, {1, 4, 16}, 3, 1}));
    CHECK_FALSE(fits({{3, 6, 16}, {7, 10, 16}, 3, 1, 3}));  // its transpose would cut the image
    if (lpntk::micro::lanes_of<double> > 1) CHECK_FALSE(fits({{6, 6, 1}, {4, 4, 16}, 3, 1}));
}

namespace {

/// Takes the factors of each sample, with patches or pixels, or nothing.
struct factors {
    matrix<double>&cotangents, &second;
    bool pixels = false;
    nn::gradient_place<double> sample(index_t, index_t n) {
        if (cotangents.size() == 0) return {};
        if (pixels) return {.cotangents = cotangents.row(n).data(), .pixels = second.row(n).data()};
        return {.cotangents = cotangents.row(n).data(), .inputs = second.row(n).data()};
    }
    void batch(index_t, index_t, const double*, const double*) {}
};

}  // namespace

TEST_CASE("the factors of a convolution are the gradient and the patches that it multiplies, or their image") {
    const image_shape in{5, 4, 3};
    const nn::conv2d l({.outputs = 2, .kernel = {3, 2}, .stride = 2, .padding = {1, 0}});
    const auto layout = l.parts(in);
    const vector<double> w = test::random_rows<double>(1, layout[0].parameters(), 3).row(0).transpose();
    const nn::layer_call<double> call{
        .in = in, .out = l.output_shape(in), .weights = w.data(), .parts = layout.data(), .count = 2};
    REQUIRE(layout[0].positions == 3 * 2);
    REQUIRE(layout[0].inputs == 18);
    const matrix<double> x = test::random_rows<double>(2, in.size(), 1), dy = test::random_rows<double>(2, 12, 2);
    matrix<double> y(2, 12), cotangents(2, 12), patches(2, 6 * 18), dx(2, in.size()), nothing;
    nn::conv2d::state<double> state;
    l.prepare_forward(call, state);
    nn::run_forward(l, call, x.data(), y.data(), state);
    l.prepare_backward(call, state);
    factors taker{cotangents, patches};
    nn::run_backward<nn::conv2d, double>(l, call, x.data(), y.data(), dy.data(), nullptr, state, taker);
    CHECK(cotangents == dy);
    const Eigen::Map<const matrix<double>> kernels(w.data(), 19, 2), rows(patches.data(), 12, 18);
    CHECK(test::worst_difference((rows * kernels.topRows(18)).rowwise() + kernels.row(18),
                                 Eigen::Map<const matrix<double>>(y.data(), 12, 2)) < 1e-14);
    matrix<double> image(2, in.size()), again(2, 6 * 18);
    factors of_pixels{cotangents, image, true};
    nn::run_backward<nn::conv2d, double>(l, call, x.data(), y.data(), dy.data(), nullptr, state, of_pixels);
    for (index_t n = 0; n < 2; ++n) lpntk::copy_patches<double>(layout[0], image.row(n).data(), again.row(n).data());
    CHECK((image == x && again == patches));
    CHECK_FALSE(nn::conv2d({.outputs = 2, .kernel = 2, .stride = 2}).parts(in)[0].window);  // no pixel is seen twice
    factors none{nothing, nothing};
    nn::run_backward<nn::conv2d, double>(l, call, x.data(), y.data(), dy.data(), dx.data(), state, none);
    CHECK(dx == test::run_layer<double>(l, in, w, x, dy).dx);
}

TEST_CASE("non-zero numbers are gathered in order, NaN among them, from vectors that stand apart") {
    constexpr index_t lanes = lpntk::micro::lanes_of<float>;
    nn::detail::non_zero_lists<float> lists;
    lists.resize(2, 40);
    for (const index_t count : {0, 1, 15, 16, 17, 40})
        for (const index_t step : {lanes, 3 * lanes}) {
            const auto place = [&](index_t i) { return i / lanes * step + i % lanes; };
            vector<float> from = vector<float>::Constant(place(count) + 1, 7);
            for (index_t i = 0; i < count; ++i) from[place(i)] = i % 3 == 0 ? static_cast<float>(i) - 4.5F : 0;
            if (count > 16) from[place(16)] = std::nanf("");
            lists.clear();
            for (int again = 0; again < 2; ++again) lists.append(from.data(), count, step);
            for (const index_t list : {0, 1}) {
                const auto found = lists[list];
                index_t expected = 0;
                for (index_t i = 0; i < count; ++i) {
                    const float number = from[place(i)];
                    if (number == 0) continue;
                    REQUIRE(expected < found.count);
                    CHECK(found.items[expected] == i);
                    const float value = found.values[expected++];
                    CHECK((value == number || (std::isnan(value) && std::isnan(number))));
                }
                CHECK(found.count == expected);
            }
        }
}
