#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <lpntk/nn/layer.hpp>
#include <lpntk/nn/outer_product_sum.hpp>
#include <lpntk/nn/part_paths.hpp>
#include <lpntk/nn/run_layer.hpp>

#include "golden.hpp"

namespace test {

/// What a layer makes of N samples and the gradients dy of its outputs.
template <class T>
struct layer_results {
    lpntk::matrix<T> y;        ///< N x out
    lpntk::matrix<T> dx;       ///< N x in
    lpntk::matrix<T> dw;       ///< N x P, each sample's own
    lpntk::matrix<T> tangent;  ///< N x out: as x moves along itself, and the weights along themselves
};

/// Forms the gradient of each sample.
template <class T>
struct formed_gradients {
    std::vector<lpntk::part_layout> parts;
    lpntk::matrix<T>& to;

    lpntk::nn::gradient_place<T> sample(lpntk::index_t part, lpntk::index_t n) { return {.formed = place(part, n)}; }
    void batch(lpntk::index_t part, lpntk::index_t samples, const T* x, const T* dy) {
        const auto& own = parts[static_cast<std::size_t>(part)];
        for (lpntk::index_t n = 0; n < samples; ++n)
            lpntk::nn::detail::add_outer_products<T>(1, x + n * own.inputs, own.inputs, dy + n * own.outputs,
                                                     own.outputs, 0, own.parameters() / own.outputs, place(part, n));
    }

private:
    T* place(lpntk::index_t part, lpntk::index_t n) {
        return to.row(n).data() + lpntk::parameters_of({parts.data(), static_cast<std::size_t>(part)});
    }
};

/// Number of weights of a layer.
template <class Layer>
lpntk::index_t parameters(const Layer& l, lpntk::image_shape in) {
    return lpntk::parameters_of(l.parts(in));
}

/// Runs one layer as a network does, outside of one, so that the gradient of its input is seen. The results start as
/// `fill`: what a layer has to overwrite, it overwrites.
template <class T, class Layer>
layer_results<T> run_layer(const Layer& l, lpntk::image_shape in, const lpntk::vector<T>& w, const lpntk::matrix<T>& x,
                           const lpntk::matrix<T>& dy, lpntk::random_stream* random = nullptr, T fill = T(7)) {
    const auto parts = l.parts(in);
    const lpntk::index_t rows = x.rows();
    const lpntk::nn::layer_call<T> call{.in = in,
                                        .out = l.output_shape(in),
                                        .weights = w.data(),
                                        .direction = w.data(),
                                        .parts = parts.data(),
                                        .count = rows,
                                        .random = random};
    layer_results<T> r{lpntk::matrix<T>::Constant(rows, call.out.size(), fill),
                       lpntk::matrix<T>::Constant(rows, in.size(), fill), lpntk::matrix<T>::Zero(rows, w.size()),
                       lpntk::matrix<T>::Constant(rows, call.out.size(), fill)};
    formed_gradients<T> taker{{parts.begin(), parts.end()}, r.dw};
    typename Layer::template state<T> state;
    l.prepare_forward(call, state);
    lpntk::nn::run_forward(l, call, x.data(), r.y.data(), state);
    l.prepare_tangent(call, state);
    lpntk::nn::run_tangent(l, call, x.data(), r.y.data(), x.data(), r.tangent.data(), state);
    l.prepare_backward(call, state);
    lpntk::nn::run_backward<Layer, T>(l, call, x.data(), r.y.data(), dy.data(), r.dx.data(), state, taker);
    return r;
}

/// How far the tangent is from the gradients, <dy, tangent> = <dx, x> + <dw, w>, relative to the terms.
template <class T>
double tangent_error(const layer_results<T>& r, const lpntk::vector<T>& w, const lpntk::matrix<T>& x,
                     const lpntk::matrix<T>& dy) {
    const auto sum = [](const auto& a, const auto& b) { return a.cwiseProduct(b).template cast<double>().eval(); };
    double error = 0, size = 1e-30;
    for (lpntk::index_t n = 0; n < x.rows(); ++n) {
        const auto left = sum(dy.row(n), r.tangent.row(n)), right = sum(r.dx.row(n), x.row(n)),
                   by_weights = sum(r.dw.row(n), w.transpose());
        error = std::max(error, std::abs(left.sum() - right.sum() - by_weights.sum()));
        size = std::max(size, left.cwiseAbs().sum() + right.cwiseAbs().sum() + by_weights.cwiseAbs().sum());
    }
    return error / size;
}

/// Largest error of dx and dw against central differences of <dy, f(x; w)>, relative to the largest gradient, over
/// about 40 of the inputs and as many of the weights; and of the tangent against dx and dw.
template <class Layer>
double difference_error(const Layer& l, lpntk::image_shape in, std::uint64_t seed) {
    using lpntk::index_t, lpntk::matrix, lpntk::vector;
    constexpr index_t samples = 2;
    constexpr double step = 1e-5;
    const index_t parameters = test::parameters(l, in);
    const matrix<double> x = random_rows<double>(samples, in.size(), seed);
    const matrix<double> dy = random_rows<double>(samples, l.output_shape(in).size(), seed + 1);
    const vector<double> w = random_rows<double>(1, parameters, seed + 2).row(0).transpose();
    const auto found = run_layer<double>(l, in, w, x, dy);
    const auto value = [&](const vector<double>& weights, const matrix<double>& inputs) -> vector<double> {
        return run_layer<double>(l, in, weights, inputs, dy).y.cwiseProduct(dy).rowwise().sum();
    };
    double worst = tangent_error(found, w, x, dy);
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
