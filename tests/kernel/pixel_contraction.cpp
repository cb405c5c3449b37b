#include <lpntk/kernel/pixel_contraction.hpp>

#include <lpntk/kernel/cross_gram.hpp>
#include <lpntk/kernel/model_gram.hpp>
#include <lpntk/kernel/rows.hpp>

#include "kernel/grams.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::part_form, lpntk::pixel_axis, lpntk::pixel_window;
using test::error, test::same_bits;

namespace {

/// One convolution over an image that is the sample, with cotangents d = tanh(x_0) B u.
template <class T>
struct one_convolution {
    using scalar = T;
    struct workspace {};

    pixel_window window;
    index_t channels, kernels;
    bool bias;
    bool lies = false;  ///< patches come as pixels

    index_t outputs() const { return 3; }
    index_t inputs() const { return window.pixels() * channels; }
    index_t parameters() const { return part_layouts()[0].parameters(); }
    std::vector<lpntk::part_layout> part_layouts() const {
        return {{"conv", kernels, window.kernel() * channels, window.positions(), bias, window}};
    }

    matrix<T> cotangents_of(const matrix<T>& x, const matrix<T>& u) const {
        const matrix<T> b = test::random_matrix<float>(3, window.positions() * kernels, 5).template cast<T>();
        return x.col(0).array().tanh().matrix().asDiagonal() * (u * b);
    }

    /// The number of sample x that position t sees under the kernel's (i, j), channel c.
    T seen(const matrix<T>& x, index_t n, index_t t, index_t i, index_t j, index_t c) const {
        const pixel_axis &rows = window.rows, &columns = window.columns;
        const index_t across = (columns.pixels + 2 * columns.padding - columns.kernel) / columns.stride + 1;
        const index_t y = t / across * rows.stride + i - rows.padding;
        const index_t z = t % across * columns.stride + j - columns.padding;
        const bool inside = y >= 0 && y < rows.pixels && z >= 0 && z < columns.pixels;
        return inside ? x(n, (y * columns.pixels + z) * channels + c) : T(0);
    }
    matrix<T> patches(const matrix<T>& x) const {
        matrix<T> a(x.rows(), window.positions() * window.kernel() * channels);
        for (index_t n = 0; n < x.rows(); ++n)
            for (index_t t = 0, at = 0; t < window.positions(); ++t)
                for (index_t i = 0; i < window.rows.kernel; ++i)
                    for (index_t j = 0; j < window.columns.kernel; ++j)
                        for (index_t c = 0; c < channels; ++c) a(n, at++) = seen(x, n, t, i, j, c);
        return a;
    }

    template <class Cotangents, class Sink>
    void parts(workspace&, lpntk::matrix_view<T> batch, Cotangents&& cotangents, Sink&& sink) const {
        matrix<T> z = matrix<T>::Zero(batch.rows(), 3), u = z, scratch;
        cotangents(lpntk::matrix_view<T>(z), lpntk::matrix_span<T>(u));
        const matrix<T> x = batch, d = cotangents_of(x, u);
        if (sink.wants(0) == part_form::pixels)
            sink.factors(0, d, lies ? patches(x) : x);
        else
            lpntk::hand_out<T>(sink, 0, part_layouts()[0], d, patches(x), scratch);
    }
};

template <class T>
lpntk::dataset<T> images(index_t n, index_t size) {
    lpntk::dataset<T> data{test::random_matrix<float>(n, size, 11).template cast<T>(), {}, 3, {1, 1, size}};
    for (index_t i = 0; i < n; ++i) data.labels.push_back(static_cast<int>(i % 3));
    return data;
}

/// The Gram of features written out by the definition.
matrix<double> exact(const one_convolution<double>& model, const lpntk::dataset<double>& data) {
    const matrix<double> d = model.cotangents_of(data.inputs, test::label_sign_rows(data.labels, 3));
    const matrix<double> a = model.patches(data.inputs);
    const index_t inputs = model.part_layouts()[0].inputs;
    matrix<double> phi = matrix<double>::Zero(data.size(), model.parameters());
    for (index_t n = 0; n < data.size(); ++n)
        for (index_t t = 0; t < model.window.positions(); ++t)
            for (index_t o = 0; o < model.kernels; ++o) {
                for (index_t i = 0; i < inputs; ++i)
                    phi(n, i * model.kernels + o) += d(n, t * model.kernels + o) * a(n, t * inputs + i);
                if (model.bias) phi(n, inputs * model.kernels + o) += d(n, t * model.kernels + o);
            }
    matrix<double> kappa(data.size(), data.size());
    for (index_t n = 0; n < data.size(); ++n) kappa.col(n) = phi * phi.row(n).transpose();
    return kappa;
}

template <class T>
lpntk::features<T> features_in(const one_convolution<T>& model, const lpntk::dataset<T>& data, part_form form) {
    return lpntk::tangent_features(model, data, lpntk::label_signs{}, {.threads = 2, .forms = {form}});
}

const one_convolution<float> padded{{{5, 3, 1, 1}, {4, 3, 1, 1}}, 7, 6, true};

}  // namespace

TEST_CASE("the Gram of pixels is that of the features written out, for any kernel, stride and padding") {
    const std::vector<pixel_window> windows{{{4, 3, 1, 1}, {4, 3, 1, 1}}, {{5, 3, 2, 1}, {6, 3, 2, 1}},
                                            {{4, 3, 1, 0}, {7, 2, 1, 0}}, {{1, 1, 1, 0}, {6, 5, 1, 2}},
                                            {{7, 4, 3, 2}, {5, 1, 1, 0}}, {{3, 3, 1, 0}, {3, 3, 1, 0}},
                                            {{2, 3, 1, 3}, {2, 2, 1, 2}}};
    for (const pixel_window& window : windows)
        for (const index_t n : {1, 37}) {
            const one_convolution<double> model{window, 3, 5, n > 1};
            const auto data = images<double>(n, model.inputs());
            INFO(window.rows.pixels << " x " << window.columns.pixels << ", kernel " << window.rows.kernel << " x "
                                    << window.columns.kernel);
            REQUIRE(error(lpntk::gram(features_in(model, data, part_form::pixels)), exact(model, data)) < 1e-14);
        }
    const one_convolution<double> wide{{{2, 2, 1, 0}, {3, 2, 1, 0}}, 300, 260, true};  // several depth blocks
    const auto data = images<double>(20, wide.inputs());
    REQUIRE(error(lpntk::gram(features_in(wide, data, part_form::pixels)), exact(wide, data)) < 1e-13);
    const one_convolution<float> rounded{wide.window, 300, 260, true};
    const auto of_float = lpntk::gram(features_in(rounded, images<float>(20, wide.inputs()), part_form::pixels));
    REQUIRE(error(of_float, exact(wide, data)) < 2e-6);
}

TEST_CASE("pairs of pixels are those that meet under the kernel") {
    REQUIRE(pixel_axis{4, 3, 1, 1}.pairs() == 16);  // all of them
    REQUIRE(pixel_axis{4, 3, 1, 0}.pairs() == 4 + 2 * 3);
    REQUIRE(pixel_axis{8, 3, 2, 1}.pairs() == 32);  // an even number apart
    REQUIRE(pixel_axis{8, 2, 2, 0}.pairs() == 32);
    REQUIRE(pixel_axis{3, 3, 1, 0}.pairs() == 3);
}

TEST_CASE("pixels: the same bits for any threads, tiles, order of the two samples, and budget") {
    const auto data = images<float>(75, padded.inputs());
    const auto phi = features_in(padded, data, part_form::pixels);
    const auto kappa = lpntk::gram(phi, {.threads = 1});
    for (const index_t tile : {0, 1, 16, 40, 500})
        REQUIRE(same_bits(kappa, lpntk::gram(phi, {.threads = 3, .tile = tile})));
    const matrix<float> both = lpntk::cross_gram(phi, phi);
    matrix<float> row(2, 75);
    const std::vector<index_t> wanted{7, 70};
    lpntk::kernel_rows<float>(phi).rows(wanted, row);
    for (index_t i = 0; i < 75; ++i) {
        for (index_t j = 0; j < 75; ++j) REQUIRE(both(i, j) == kappa(i, j));
        for (index_t r = 0; r < 2; ++r) REQUIRE(row(r, i) == kappa(wanted[static_cast<std::size_t>(r)], i));
    }
    const auto within = [&](std::size_t memory) {
        return lpntk::gram(padded, data, lpntk::label_signs{},
                           {.threads = 1, .forms = {part_form::pixels}, .memory = memory}, {.threads = 1, .tile = 16});
    };
    REQUIRE(same_bits(kappa, within(test::least_memory(within))));
}

TEST_CASE("pixels are written out, unfolded for the other set of a cross Gram, and rounded") {
    const auto data = images<float>(21, padded.inputs());
    const auto pixels = features_in(padded, data, part_form::pixels);
    const auto factors = features_in(padded, data, part_form::factors);
    const auto dense = features_in(padded, data, part_form::dense);
    REQUIRE(pixels.explicit_row(20) == factors.explicit_row(20));
    REQUIRE(pixels.multiply_adds() == 20 * 20 * (6 + 3 + 3) + 25 * 16 * 7);
    REQUIRE(pixels.bytes() < factors.bytes());
    const auto bits = [](const matrix<float>& a, const matrix<float>& b) { return (a.array() == b.array()).all(); };
    REQUIRE(bits(lpntk::cross_gram(pixels, factors), lpntk::cross_gram(factors, factors)));
    REQUIRE(bits(lpntk::cross_gram(factors, pixels), lpntk::cross_gram(factors, factors)));
    REQUIRE(bits(lpntk::cross_gram(pixels, dense), lpntk::cross_gram(factors, dense)));
    const auto rounded = lpntk::gram(pixels, {.factors = lpntk::factor_precision::bf16});
    const one_convolution<double> model{padded.window, 7, 6, true};
    REQUIRE(error(rounded, exact(model, images<double>(21, padded.inputs()))) < 2e-2);
}

TEST_CASE("windows and pixels that break the rules are named") {
    const auto message = [](const one_convolution<float>& model, part_form form) {
        const auto data = images<float>(4, model.inputs());
        return test::message_of<lpntk::argument_error>([&] { (void)features_in(model, data, form); });
    };
    auto model = padded;
    model.lies = true;
    CHECK(message(model, part_form::pixels).find("parts: size of x of part \"conv\" is 4 x 1260, must be 4 x 140") ==
          0);
    model.window.columns.kernel = 0;
    CHECK(message(model, part_form::pixels).find("kernel or stride of part \"conv\" is 0") != std::string::npos);
    const auto no_window = test::message_of<lpntk::argument_error>(
        [] { (void)test::features_of<float>(4, 4, {.forms = std::vector<part_form>(5, part_form::pixels)}); });
    CHECK(no_window.find("form of part \"norm\" is pixels, must be dense or skipped") != std::string::npos);
}
