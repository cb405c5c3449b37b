#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <lpntk/nn/layer.hpp>
#include <lpntk/nn/layers/linear.hpp>

#include "golden.hpp"

namespace test {

/// What a layer makes of N samples and the gradients dy of its outputs.
template <class T>
struct layer_results {
    lpntk::matrix<T> y;   ///< N x out
    lpntk::matrix<T> dx;  ///< N x in
    lpntk::matrix<T> dw;  ///< N x P, each sample's own
};

/// Runs one layer as a network does, outside of one, so that the gradient of its input is seen. The results start as
/// `fill`: what a layer has to overwrite, it overwrites.
template <class T, class Layer>
layer_results<T> run_layer(const Layer& l, lpntk::image_shape in, const lpntk::vector<T>& w, const lpntk::matrix<T>& x,
                           const lpntk::matrix<T>& dy, lpntk::random_stream* random = nullptr, T fill = T(7)) {
    const lpntk::nn::layer_call<T> call{in, l.output_shape(in), w.data(), random};
    const lpntk::index_t rows = x.rows();
    layer_results<T> r{lpntk::matrix<T>::Constant(rows, call.out.size(), fill),
                       lpntk::matrix<T>::Constant(rows, in.size(), fill), lpntk::matrix<T>::Zero(rows, w.size())};
    const auto row = [](auto& m, lpntk::index_t n) { return m.data() + n * m.cols(); };
    if constexpr (!Layer::has_weights) {
        std::vector<std::uint8_t> memo(static_cast<std::size_t>(l.memo_size(in)));
        for (lpntk::index_t n = 0; n < rows; ++n) {
            l.forward(call, row(x, n), row(r.y, n), memo.data());
            l.backward(call, row(x, n), row(r.y, n), memo.data(), row(dy, n), row(r.dx, n));
        }
    } else {
        typename Layer::template state<T> state;
        l.prepare_forward(call, state);
        if constexpr (Layer::by_sample) {
            for (lpntk::index_t n = 0; n < rows; ++n) l.forward(call, row(x, n), row(r.y, n), state);
            l.prepare_backward(call, state);
            for (lpntk::index_t n = 0; n < rows; ++n)
                l.backward(call, row(x, n), row(dy, n), row(r.dw, n), row(r.dx, n), state);
        } else {
            l.forward(call, rows, x.data(), r.y.data(), state);
            l.prepare_backward(call, state);
            l.backward(call, rows, dy.data(), r.dx.data(), state);
            for (lpntk::index_t n = 0; n < rows; ++n)
                lpntk::nn::add_outer_products<T>(1, row(x, n), in.size(), row(dy, n), call.out.size(), 0, in.size() + 1,
                                                 row(r.dw, n));
        }
    }
    return r;
}

/// Largest error of dx and dw against central differences of <dy, f(x; w)>, relative to the largest gradient, over
/// about 40 of the inputs and as many of the weights.
template <class Layer>
double difference_error(const Layer& l, lpntk::image_shape in, std::uint64_t seed) {
    using lpntk::index_t, lpntk::matrix, lpntk::vector;
    constexpr index_t samples = 2;
    constexpr double step = 1e-5;
    index_t parameters = 0;
    if constexpr (Layer::has_weights) parameters = l.layout(in).parameters();
    const matrix<double> x = random_rows<double>(samples, in.size(), seed);
    const matrix<double> dy = random_rows<double>(samples, l.output_shape(in).size(), seed + 1);
    const vector<double> w = random_rows<double>(1, parameters, seed + 2).row(0).transpose();
    const auto found = run_layer<double>(l, in, w, x, dy);
    const auto value = [&](const vector<double>& weights, const matrix<double>& inputs) -> vector<double> {
        return run_layer<double>(l, in, weights, inputs, dy).y.cwiseProduct(dy).rowwise().sum();
    };
    double worst = 0;
    const auto compare = [&](const auto& gradient, index_t count, auto&& moved) {
        const double largest = std::max(1e-3, count > 0 ? gradient.cwiseAbs().maxCoeff() : 0.0);
        for (index_t j = 0; j < count; j += 1 + count / 40) {
            const vector<double> numeric = (moved(j, step) - moved(j, -step)) / (2 * step);
            const double error = (gradient.col(j) - numeric).cwiseAbs().maxCoeff() / largest;
            worst = std::isfinite(error) ? std::max(worst, error) : error;
        }
    };
    compare(found.dx, x.cols(), [&](index_t j, double by) {
        matrix<double> at = x;
        at.col(j).array() += by;
        return value(w, at);
    });
    compare(found.dw, parameters, [&](index_t j, double by) {
        vector<double> at = w;
        at[j] += by;
        return value(at, x);
    });
    return worst;
}

}  // namespace test
