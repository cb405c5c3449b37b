#pragma once

#include <cstdint>
#include <vector>

#include <lpntk/core/dataset.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/core/types.hpp>
#include <lpntk/model/part_sink.hpp>

namespace test {

using lpntk::index_t;

template <class T>
lpntk::matrix<T> random_matrix(index_t rows, index_t columns, std::uint64_t seed, std::uint64_t item = 0) {
    lpntk::random_stream draw(seed, item);
    lpntk::matrix<T> m(rows, columns);
    for (index_t i = 0; i < m.size(); ++i) m.data()[i] = static_cast<T>(draw.normal());
    return m;
}

/// n samples of 5 numbers, rounded to float, so that they are the same in every scalar; labels i % classes.
template <class T>
lpntk::dataset<T> random_samples(index_t n, int classes, std::uint64_t seed = 1) {
    lpntk::dataset<T> data{random_matrix<float>(n, 5, seed).template cast<T>(), {}, classes, {1, 1, 5}};
    for (index_t i = 0; i < n; ++i) data.labels.push_back(static_cast<int>(i % classes));
    return data;
}

/// A made-up model whose features have every kind of part: with x a sample and u a cotangent,
///
///     a_t = tanh(A_t x),    d_t = (1 + tanh(x_0)) B_t u    for each layer and position,    dense = diag(C u) D x,
///
/// so that J is linear in u as it must be, but nothing more. Layers: dense 7; linear 6 -> 4 with bias; 3 positions
/// of 5 -> 4 with bias; linear 300 -> 3 without; dense 520.
template <class T>
struct three_kinds {
    using scalar = T;
    struct workspace {
        int calls = 0;
    };

    index_t classes;
    std::vector<lpntk::part_layout> layouts{{"norm", 7, 0, 1, false},
                                            {"linear", 4, 6, 1, true},
                                            {"conv", 4, 5, 3, true},
                                            {"wide", 3, 300, 1, false},
                                            {"long", 520, 0, 1, false}};

    explicit three_kinds(index_t k = 4) : classes(k) {}

    index_t outputs() const { return classes; }
    index_t parameters() const {
        index_t sum = 0;
        for (const auto& layout : layouts) sum += layout.parameters();
        return sum;
    }
    void logits(lpntk::vector_view<T> x, lpntk::vector_span<T> z) const { z = weights(classes, 5, 99) * x; }

    std::vector<lpntk::part_layout> part_layouts() const { return layouts; }

    /// d (positions * outputs) of part p for one sample.
    lpntk::vector<T> d_of(std::size_t p, lpntk::vector_view<T> x, lpntk::vector_view<T> u) const {
        const auto& layout = layouts[p];
        return (T(1) + std::tanh(x[0])) * (weights(layout.positions * layout.outputs, classes, 2 * p) * u);
    }
    /// a (positions * inputs), or the input's share of a dense part (outputs).
    lpntk::vector<T> a_of(std::size_t p, lpntk::vector_view<T> x) const {
        const auto& layout = layouts[p];
        const index_t length = layout.inputs == 0 ? layout.outputs : layout.positions * layout.inputs;
        return (weights(length, 5, 2 * p + 1) * x).array().tanh().matrix();
    }
    /// The part written out, by the definition.
    lpntk::vector<T> formed(std::size_t p, lpntk::vector_view<T> x, lpntk::vector_view<T> u) const {
        const auto& layout = layouts[p];
        const lpntk::vector<T> d = d_of(p, x, u);
        const lpntk::vector<T> a = a_of(p, x);
        if (layout.inputs == 0) return d.cwiseProduct(a);
        lpntk::vector<T> g = lpntk::vector<T>::Zero(layout.parameters());
        for (index_t t = 0; t < layout.positions; ++t)
            for (index_t o = 0; o < layout.outputs; ++o) {
                for (index_t i = 0; i < layout.inputs; ++i)
                    g[i * layout.outputs + o] += a[t * layout.inputs + i] * d[t * layout.outputs + o];
                if (layout.bias) g[layout.inputs * layout.outputs + o] += d[t * layout.outputs + o];
            }
        return g;
    }

    template <class Cotangents, class Sink>
    void parts(workspace& scratch, lpntk::matrix_view<T> batch, Cotangents&& cotangents, Sink&& sink) const {
        ++scratch.calls;
        const index_t b = batch.rows();
        lpntk::matrix<T> z(b, classes);
        for (index_t i = 0; i < b; ++i)
            logits(lpntk::row_of<T>(batch, i), Eigen::Map<lpntk::vector<T>>(z.row(i).data(), classes));
        lpntk::matrix<T> u(b, classes);
        cotangents(lpntk::matrix_view<T>(z), lpntk::matrix_span<T>(u));
        for (std::size_t p = 0; p < layouts.size(); ++p) {
            const auto part = static_cast<index_t>(p);
            if (sink.wants(part) == lpntk::part_form::skipped) continue;
            const auto& layout = layouts[p];
            const auto rows = [&](index_t columns, auto&& value) {
                lpntk::matrix<T> m(b, columns);
                for (index_t i = 0; i < b; ++i)
                    m.row(i) = value(lpntk::row_of<T>(batch, i), lpntk::vector<T>(u.row(i))).transpose();
                return m;
            };
            if (layout.inputs == 0 || sink.wants(part) == lpntk::part_form::dense) {
                sink.dense(part, rows(layout.parameters(), [&](auto x, auto v) { return formed(p, x, v); }));
                continue;
            }
            const auto d = rows(layout.positions * layout.outputs, [&](auto x, auto v) { return d_of(p, x, v); });
            const auto a = rows(layout.positions * layout.inputs, [&](auto x, auto) { return a_of(p, x); });
            sink.factors(part, d, a);
        }
    }

private:
    static lpntk::matrix<T> weights(index_t rows, index_t columns, std::uint64_t item) {
        return random_matrix<float>(rows, columns, 5, item).template cast<T>();
    }
};

/// The same model with nothing but a pullback, or nothing but a Jacobian.
template <class T, bool Jacobian>
struct plain_level {
    using scalar = T;
    three_kinds<T> model;

    index_t outputs() const { return model.outputs(); }
    index_t parameters() const { return model.parameters(); }
    void logits(lpntk::vector_view<T> x, lpntk::vector_span<T> z) const { model.logits(x, z); }

    void pullback(lpntk::vector_view<T> x, lpntk::vector_view<T> u, lpntk::vector_span<T> g) const
        requires(!Jacobian)
    {
        index_t first = 0;
        for (std::size_t p = 0; p < model.layouts.size(); ++p) {
            g.segment(first, model.layouts[p].parameters()) = model.formed(p, x, u);
            first += model.layouts[p].parameters();
        }
    }
    void jacobian(lpntk::vector_view<T> x, lpntk::matrix_span<T> j) const
        requires Jacobian
    {
        for (index_t k = 0; k < outputs(); ++k) {
            const lpntk::vector<T> unit = lpntk::vector<T>::Unit(outputs(), k);
            lpntk::vector<T> g(parameters());
            plain_level<T, false>{model}.pullback(x, unit, g);
            j.row(k) = g.transpose();
        }
    }
};

/// phi of every sample written out in double by the definition, N x P; cotangents one a row.
inline lpntk::matrix<double> explicit_features(const three_kinds<double>& model, const lpntk::matrix<double>& inputs,
                                               const lpntk::matrix<double>& cotangents) {
    lpntk::matrix<double> phi(inputs.rows(), model.parameters());
    for (index_t i = 0; i < inputs.rows(); ++i)
        plain_level<double, false>{model}.pullback(lpntk::vector<double>(inputs.row(i)),
                                                   lpntk::vector<double>(cotangents.row(i)),
                                                   Eigen::Map<lpntk::vector<double>>(phi.row(i).data(), phi.cols()));
    return phi;
}

/// s(y) / sqrt(K), one a row.
inline lpntk::matrix<double> label_sign_rows(const std::vector<int>& labels, index_t classes) {
    const double size = 1 / std::sqrt(static_cast<double>(classes));
    lpntk::matrix<double> u = lpntk::matrix<double>::Constant(static_cast<index_t>(labels.size()), classes, -size);
    for (std::size_t i = 0; i < labels.size(); ++i) u(static_cast<index_t>(i), labels[i]) = size;
    return u;
}

}  // namespace test
