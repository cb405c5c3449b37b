#pragma once

#include <cmath>
#include <vector>

#include <lpntk/core/random.hpp>
#include <lpntk/core/types.hpp>
#include <lpntk/model/part_sink.hpp>

/// Small models with gradients written out by hand, each level in a type of its own.
namespace models {

using lpntk::index_t;
using lpntk::matrix;
using lpntk::matrix_span;
using lpntk::matrix_view;
using lpntk::vector;
using lpntk::vector_span;
using lpntk::vector_view;

inline matrix<double> random_matrix(index_t rows, index_t columns, std::uint64_t seed) {
    lpntk::random_stream draw(seed);
    matrix<double> values(rows, columns);
    for (index_t i = 0; i < values.size(); ++i) values.data()[i] = draw.normal();
    return values;
}

inline double log_sum_exp(const vector<double>& z) {
    return z.maxCoeff() + std::log((z.array() - z.maxCoeff()).exp().sum());
}

/// z = B^T [tanh(A^T [x; 1]); 1]; parameters: A ((D+1) x H) row by row, then B ((H+1) x K).
struct two_layers {
    using scalar = double;
    matrix<double> a, b;

    two_layers(index_t inputs, index_t hidden, index_t classes, std::uint64_t seed)
        : a(random_matrix(inputs + 1, hidden, seed)), b(random_matrix(hidden + 1, classes, seed + 1)) {}

    index_t outputs() const { return b.cols(); }
    index_t parameters() const { return a.size() + b.size(); }

protected:
    static vector<double> with_one(const vector<double>& x) {
        vector<double> longer(x.size() + 1);
        longer << x, 1.0;
        return longer;
    }
    vector<double> hidden_of(const vector<double>& x) const {
        return (a.transpose() * with_one(x)).array().tanh().matrix();
    }
    vector<double> logits_of(const vector<double>& x) const { return b.transpose() * with_one(hidden_of(x)); }

    /// Entry by entry from the definition: dz_k/dA_ih = B_hk (1 - t_h^2) x_i, dz_k/dB_hk = t_h.
    matrix<double> jacobian_of(const vector<double>& x) const {
        const vector<double> x1 = with_one(x), t = hidden_of(x), t1 = with_one(t);
        matrix<double> j = matrix<double>::Zero(outputs(), parameters());
        for (index_t k = 0; k < outputs(); ++k) {
            for (index_t i = 0; i < a.rows(); ++i)
                for (index_t h = 0; h < a.cols(); ++h) j(k, i * a.cols() + h) = b(h, k) * (1 - t[h] * t[h]) * x1[i];
            for (index_t h = 0; h < b.rows(); ++h) j(k, a.size() + h * b.cols() + k) = t1[h];
        }
        return j;
    }
    vector<double> back_to_hidden(const vector<double>& t, const vector<double>& u) const {
        return ((b.topRows(t.size()) * u).array() * (1 - t.array().square())).matrix();
    }
};

struct with_weights : two_layers {
    using two_layers::two_layers;
    vector<double> weights() const {
        vector<double> w(parameters());
        w << Eigen::Map<const vector<double>>(a.data(), a.size()), Eigen::Map<const vector<double>>(b.data(), b.size());
        return w;
    }
    void set_weights(vector_view<double> w) {
        Eigen::Map<vector<double>>(a.data(), a.size()) = w.head(a.size());
        Eigen::Map<vector<double>>(b.data(), b.size()) = w.tail(b.size());
    }
};

struct only_jacobian : two_layers {
    using two_layers::two_layers;
    void jacobian(vector_view<double> x, matrix_span<double> j) const { j = jacobian_of(x); }
};

struct only_pullback : with_weights {
    using with_weights::with_weights;
    void logits(vector_view<double> x, vector_span<double> z) const { z = logits_of(x); }
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const {
        const vector<double> t = hidden_of(x), d = back_to_hidden(t, u);
        Eigen::Map<matrix<double>>(g.data(), a.rows(), a.cols()) = with_one(x) * d.transpose();
        Eigen::Map<matrix<double>>(g.data() + a.size(), b.rows(), b.cols()) = with_one(t) * u.transpose();
    }
};

/// The first layer as an outer product, the second always dense.
struct only_parts : with_weights {
    using with_weights::with_weights;
    struct workspace {
        matrix<double> z, u, first, second, d;
    };
    std::vector<lpntk::part_layout> part_layouts() const {
        return {{.name = "first", .outputs = a.cols(), .inputs = a.rows() - 1, .bias = true},
                {.name = "second", .outputs = b.size()}};
    }
    template <class Cotangents, class Sink>
    void parts(workspace& w, matrix_view<double> batch, Cotangents&& cotangents, Sink&& sink) const {
        const index_t n = batch.rows();
        w.z.resize(n, outputs());
        w.u.resize(n, outputs());
        w.first.resize(n, a.size());
        w.second.resize(n, b.size());
        w.d.resize(n, a.cols());
        for (index_t i = 0; i < n; ++i) w.z.row(i) = logits_of(batch.row(i).transpose()).transpose();
        cotangents(matrix_view<double>(w.z), matrix_span<double>(w.u));
        for (index_t i = 0; i < n; ++i) {
            const vector<double> x = batch.row(i).transpose(), t = hidden_of(x), u = w.u.row(i).transpose();
            w.d.row(i) = back_to_hidden(t, u).transpose();
            Eigen::Map<matrix<double>>(w.first.row(i).data(), a.rows(), a.cols()) = with_one(x) * w.d.row(i);
            Eigen::Map<matrix<double>>(w.second.row(i).data(), b.rows(), b.cols()) = with_one(t) * u.transpose();
        }
        if (sink.wants(0) == lpntk::part_form::dense)
            sink.dense(0, matrix_view<double>(w.first));
        else
            sink.factors(0, matrix_view<double>(w.d), batch);
        sink.dense(1, matrix_view<double>(w.second));
    }
};

struct all_levels : only_parts {
    using only_parts::only_parts;
    void jacobian(vector_view<double> x, matrix_span<double> j) const { j = jacobian_of(x); }
    void logits(vector_view<double> x, vector_span<double> z) const { z = logits_of(x); }
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const {
        g = jacobian_of(x).transpose() * u;
    }
};

/// One linear map W ((I + 1) x K) shared by T positions and squared: z_k = sum_t (W^T [x_t; 1])_k^2, x = x_0
/// ... x_{T-1}.
struct shared_over_positions {
    using scalar = double;
    matrix<double> w;
    index_t positions = 3;

    struct workspace {
        matrix<double> z, u, d, formed;
    };
    index_t outputs() const { return w.cols(); }
    index_t parameters() const { return w.size(); }
    vector<double> weights() const { return Eigen::Map<const vector<double>>(w.data(), w.size()); }
    void set_weights(vector_view<double> to) { Eigen::Map<vector<double>>(w.data(), w.size()) = to; }
    std::vector<lpntk::part_layout> part_layouts() const {
        return {{.name = "shared", .outputs = w.cols(), .inputs = w.rows() - 1, .positions = positions, .bias = true}};
    }
    template <class Cotangents, class Sink>
    void parts(workspace& s, matrix_view<double> batch, Cotangents&& cotangents, Sink&& sink) const {
        const index_t n = batch.rows(), inputs = w.rows() - 1, k = w.cols();
        s.z.setZero(n, k);
        s.u.resize(n, k);
        s.d.resize(n, positions * k);
        s.formed.setZero(n, w.size());
        for (index_t i = 0; i < n; ++i)
            for (index_t t = 0; t < positions; ++t) {
                s.d.row(i).segment(t * k, k) =
                    batch.row(i).segment(t * inputs, inputs) * w.topRows(inputs) + w.row(inputs);
                s.z.row(i) += s.d.row(i).segment(t * k, k).array().square().matrix();
            }
        cotangents(matrix_view<double>(s.z), matrix_span<double>(s.u));
        for (index_t i = 0; i < n; ++i)
            for (index_t t = 0; t < positions; ++t)
                for (index_t o = 0; o < k; ++o) {
                    s.d(i, t * k + o) *= 2 * s.u(i, o);
                    for (index_t in = 0; in < inputs; ++in)
                        s.formed(i, in * k + o) += batch(i, t * inputs + in) * s.d(i, t * k + o);
                    s.formed(i, inputs * k + o) += s.d(i, t * k + o);
                }
        if (sink.wants(0) == lpntk::part_form::dense)
            sink.dense(0, matrix_view<double>(s.formed));
        else
            sink.factors(0, matrix_view<double>(s.d), batch);
    }
};

}  // namespace models
