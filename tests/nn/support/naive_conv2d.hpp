#pragma once

#include <lpntk/nn/layers/conv2d.hpp>

#include "run_layer.hpp"
#include "support/catch.hpp"

namespace test {

/// The definition, loop by loop, in double.
inline layer_results<double> naive_conv2d(const lpntk::nn::conv2d& l, lpntk::image_shape in,
                                          const lpntk::vector<double>& w, const lpntk::matrix<double>& x,
                                          const lpntk::matrix<double>& dy) {
    const lpntk::image_shape out = l.output_shape(in);
    const auto [outputs, kernel, stride, padding, has_bias] = l.how;
    layer_results<double> r{lpntk::matrix<double>::Zero(x.rows(), out.size()),
                            lpntk::matrix<double>::Zero(x.rows(), in.size()),
                            lpntk::matrix<double>::Zero(x.rows(), w.size()),
                            {}};
    for (lpntk::index_t n = 0; n < x.rows(); ++n)
        for (lpntk::index_t row = 0; row < out.height; ++row)
            for (lpntk::index_t column = 0; column < out.width; ++column)
                for (lpntk::index_t o = 0; o < outputs; ++o) {
                    const lpntk::index_t to = (row * out.width + column) * outputs + o;
                    if (has_bias) {
                        const lpntk::index_t bias = kernel.height * kernel.width * in.channels * outputs + o;
                        r.y(n, to) += w[bias];
                        r.dw(n, bias) += dy(n, to);
                    }
                    for (lpntk::index_t ky = 0; ky < kernel.height; ++ky)
                        for (lpntk::index_t kx = 0; kx < kernel.width; ++kx) {
                            const lpntk::index_t iy = row * stride.height + ky - padding.height;
                            const lpntk::index_t ix = column * stride.width + kx - padding.width;
                            if (iy < 0 || iy >= in.height || ix < 0 || ix >= in.width) continue;
                            for (lpntk::index_t c = 0; c < in.channels; ++c) {
                                const lpntk::index_t from = (iy * in.width + ix) * in.channels + c;
                                const lpntk::index_t weight =
                                    ((ky * kernel.width + kx) * in.channels + c) * outputs + o;
                                r.y(n, to) += w[weight] * x(n, from);
                                r.dx(n, from) += w[weight] * dy(n, to);
                                r.dw(n, weight) += x(n, from) * dy(n, to);
                            }
                        }
                }
    return r;
}

/// Keeps each number of dy with probability `share`; 0 keeps exactly one number of the last sample.
inline void thin_out(lpntk::matrix<double>& dy, double share) {
    lpntk::random_stream draw(77);
    for (lpntk::index_t i = 0; i < dy.size(); ++i)
        if (draw.uniform() >= share) dy.data()[i] = 0;
    if (share == 0) dy(dy.rows() - 1, dy.cols() - 1) = 1.5;
}

template <class T>
void check_conv2d(const lpntk::nn::conv2d& l, lpntk::image_shape in, double share) {
    const lpntk::vector<double> w = random_rows<double>(1, parameters(l, in), 3).row(0).transpose();
    const lpntk::matrix<double> x = random_rows<double>(2, in.size(), 1);
    lpntk::matrix<double> dy = random_rows<double>(2, l.output_shape(in).size(), 2);
    thin_out(dy, share);
    const auto found = run_layer<T>(l, in, w.cast<T>(), x.cast<T>(), dy.cast<T>());
    // The reference starts from the rounded numbers.
    const auto expected = naive_conv2d(l, in, w.cast<T>().template cast<double>(), x.cast<T>().template cast<double>(),
                                       dy.cast<T>().template cast<double>());
    const double tolerance = sizeof(T) == sizeof(float) ? 2e-6 : 1e-14;  // sums in another order
    INFO(in.height << " x " << in.width << " x " << in.channels << ", outputs " << l.how.outputs << ", kernel "
                   << l.how.kernel << ", stride " << l.how.stride << ", padding " << l.how.padding << ", share "
                   << share);
    CHECK(worst_difference(found.y, expected.y) <= tolerance);
    CHECK(worst_difference(found.dx, expected.dx) <= tolerance);
    CHECK(worst_difference(found.dw, expected.dw) <= tolerance);
    CHECK(tangent_error<T>(found, w.cast<T>(), x.cast<T>(), dy.cast<T>()) <= tolerance);
}

}  // namespace test
